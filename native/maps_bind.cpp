#include <algorithm>

#include "bind.h"
#include "maps.h"

namespace pellucid {
namespace {

using InAny = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;  // of any number of axes
using OutAny = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

template <typename X>
bool same_shape(const X& x, const OutAny& out) {
  return x.ndim() == out.ndim() && std::equal(x.shape_ptr(), x.shape_ptr() + x.ndim(), out.shape_ptr());
}

template <MapKernel kernel>
void map(const InAny& x, const OutAny& out, float slope) {
  require(same_shape(x, out), "map: out has another shape");
  const Map m{x.data(), nullptr, out.data(), static_cast<i64>(x.size()), slope};
  perform([m] { run_map(kernel, m); }, x, out);
}

template <MapKernel kernel>
void gradient(const InAny& x, const InAny& dy, const OutAny& out, float slope) {
  require(same_shape(x, out) && same_shape(dy, out), "gradient: the shapes differ");
  const Map m{x.data(), dy.data(), out.data(), static_cast<i64>(x.size()), slope};
  perform([m] { run_map(kernel, m); }, x, dy, out);
}

template <MapKernel kernel>
void bind_map(nb::module_& m, const char* name) {
  m.def(name, &map<kernel>, nb::arg("x").noconvert(), nb::arg("out").noconvert(), nb::arg("slope") = 0.0f);
}

template <MapKernel kernel>
void bind_gradient(nb::module_& m, const char* name) {
  m.def(name, &gradient<kernel>, nb::arg("x").noconvert(), nb::arg("dy").noconvert(), nb::arg("out").noconvert(),
        nb::arg("slope") = 0.0f);
}

}  // namespace

void bind_maps(nb::module_& m) {
#define PELLUCID_BIND(name) bind_map<&MapKernels::name>(m, #name);
  PELLUCID_MAPS(PELLUCID_BIND)
  PELLUCID_BIND(leaky_relu)
#undef PELLUCID_BIND
#define PELLUCID_BIND(name) bind_gradient<&MapKernels::name>(m, #name);
  PELLUCID_GRADIENTS(PELLUCID_BIND)
  PELLUCID_BIND(leaky_relu_backward)
#undef PELLUCID_BIND
}

}  // namespace pellucid
