#include "bind.h"
#include "dropout.h"

namespace pellucid {
namespace {

void check(double p) { require(p >= 0 && p <= 1, "dropout: p must lie between 0 and 1"); }

void dropout(const nb::ndarray<const float, nb::c_contig, nb::device::cpu>& x,
             const nb::ndarray<float, nb::c_contig, nb::device::cpu>& out, std::uint64_t key, double p, double scale) {
  require(x.size() == out.size(), "dropout: out has another size");
  check(p);
  const std::uint32_t words[2] = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  const i64 n = static_cast<i64>(x.size());
  const auto task = [d = dropout_of(p, scale), n, from = x.data(), to = out.data()](const std::uint32_t* key) {
    Dropout drawn = d;
    drawn.k0 = key[0];
    drawn.k1 = key[1];
    run_dropout(drawn, n, from, to);
  };
  {
    Running running;
    task(words);
  }
  // A replay draws with other keys: the plan says where they lie.
  if (Plan* plan = Plan::recording()) {
    read_by(*plan, x);
    written_by(*plan, out);
    const std::uint32_t* at = plan->key(words[0], words[1]);
    plan->add([task, at, x, out] { task(at); });
  }
}

// The mask by itself is drawn for the interpreter, and is no part of a plan.
void dropout_mask(const nb::ndarray<bool, nb::ndim<1>, nb::c_contig, nb::device::cpu>& out, std::uint64_t key,
                  double p) {
  check(p);
  Dropout d = dropout_of(p, 1);
  d.k0 = static_cast<std::uint32_t>(key);
  d.k1 = static_cast<std::uint32_t>(key >> 32);
  Running running;
  run_dropout_mask(d, static_cast<i64>(out.shape(0)), reinterpret_cast<std::uint8_t*>(out.data()));
}

}  // namespace

void bind_dropout(nb::module_& m) {
  const auto out = nb::arg("out").noconvert();
  const auto key = nb::arg("key"), p = nb::arg("p");
  m.def("dropout", &dropout, nb::arg("x").noconvert(), out, key, p, nb::arg("scale"));
  m.def("dropout_mask", &dropout_mask, out, key, p);
}

}  // namespace pellucid
