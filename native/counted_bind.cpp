#include "counted.h"

#include <nanobind/stl/string.h>

#include <string>

#include "bind.h"

namespace pellucid {
namespace {

KeyText text_of(const std::string& prefix) {
  require(prefix.size() <= KeyText::longest_prefix, "counted: the prefix is too long");
  return {prefix.data(), prefix.size()};
}

// The lowest two words of the keys of steps and draws.
void draw_keys(const std::string& prefix, std::uint64_t first, const Out<std::uint32_t, 3>& out) {
  require(out.shape(2) == 2, "draw_keys: a key has two words");
  const KeyText text = text_of(prefix);
  nb::gil_scoped_release release;
  std::uint32_t* to = out.data();
  for (std::size_t step = 0; step < out.shape(0); ++step)
    for (std::size_t draw = 0; draw < out.shape(1); ++draw, to += 2) {
      const std::uint64_t key = text.key(first + step, draw).low;
      to[0] = static_cast<std::uint32_t>(key);
      to[1] = static_cast<std::uint32_t>(key >> 32);
    }
}

void shuffles(const std::string& prefix, std::uint64_t first, const Out<i64, 2>& out) {
  require(out.shape(1) <= 0xFFFFFFFFu, "shuffles: too many rows");
  const KeyText text = text_of(prefix);
  nb::gil_scoped_release release;
  for (std::size_t epoch = 0; epoch < out.shape(0); ++epoch)
    permutation(text.key(first + epoch), static_cast<i64>(out.shape(1)), out.data() + epoch * out.shape(1));
}

}  // namespace

void bind_counted(nb::module_& m) {
  m.def("draw_keys", &draw_keys, nb::arg("prefix"), nb::arg("first"), nb::arg("out").noconvert());
  m.def("shuffles", &shuffles, nb::arg("prefix"), nb::arg("first"), nb::arg("out").noconvert());
}

}  // namespace pellucid
