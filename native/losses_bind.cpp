#include <stdexcept>

#include "bind.h"
#include "losses.h"

namespace pellucid {
namespace {

// Arrays of any number of axes, as long as they are contiguous.
using Any = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
using AnyOut = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

template <LossSum LossKernels::* KERNEL>
void mean_loss(const Any& x, const Any& t, const Out<float, 0>& mean) {
  require(x.size() == t.size(), "mean_loss: x and t have different sizes");
  const i64 n = static_cast<i64>(x.size());
  perform(
      [n, of = x.data(), with = t.data(), to = mean.data()] {
        if (!run_mean_loss(loss_kernels().*KERNEL, n, of, with, to))
          throw std::domain_error("mean_loss: a probability lies outside [0, 1]");  // ValueError
      },
      x, t, mean);
}

template <LossGradient LossKernels::* KERNEL>
void loss_gradient(const Any& x, const Any& t, float dl, const AnyOut& out) {
  require(x.size() == t.size() && x.size() == out.size(), "loss_gradient: arrays have different sizes");
  const i64 n = static_cast<i64>(x.size());
  perform(
      [n, dl, of = x.data(), with = t.data(), to = out.data()] {
        run_loss_gradient(loss_kernels().*KERNEL, n, of, with, dl, to);
      },
      x, t, out);
}

template <LossSum LossKernels::* SUM, LossGradient LossKernels::* GRADIENT>
void bind_loss(nb::module_& m, const char* name, const char* backward) {
  const auto x = nb::arg("x").noconvert(), t = nb::arg("t").noconvert();
  m.def(name, &mean_loss<SUM>, x, t, nb::arg("mean").noconvert());
  m.def(backward, &loss_gradient<GRADIENT>, x, t, nb::arg("dl"), nb::arg("out").noconvert());
}

}  // namespace

void bind_losses(nb::module_& m) {
  using K = LossKernels;
  bind_loss<&K::mse, &K::mse_backward>(m, "mse", "mse_backward");
  bind_loss<&K::bce, &K::bce_backward>(m, "bce", "bce_backward");
  bind_loss<&K::bce_with_logits, &K::bce_with_logits_backward>(m, "bce_with_logits", "bce_with_logits_backward");
}

}  // namespace pellucid
