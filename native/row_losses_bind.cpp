#include "row_losses.h"

#include <stdexcept>

#include "bind.h"
#include "lists.h"

namespace pellucid {
namespace {

using Matrix = In<float, 2>;
using Row = In<float, 1>;

RowLoss checked(const Matrix& x, const Matrix& t, std::size_t rows, float factor) {
  require(x.shape(0) == t.shape(0) && x.shape(1) == t.shape(1), "row_losses: x and t have different shapes");
  require(x.shape(0) == rows, "row_losses: there must be one number for each row");
  return {static_cast<i64>(x.shape(0)), static_cast<i64>(x.shape(1)), x.data(), t.data(), factor};
}

template <LossSum LossKernels::* KERNEL>
void row_losses(const Matrix& x, const Matrix& t, float factor, const Out<float, 1>& losses) {
  const RowLoss r = checked(x, t, losses.shape(0), factor);
  perform(
      [r, to = losses.data()] {
        if (!run_row_losses(loss_kernels().*KERNEL, r, to))
          throw std::domain_error("row_losses: a probability lies outside [0, 1]");  // ValueError
      },
      x, t, losses);
}

template <LossGradient LossKernels::* KERNEL>
void row_loss_gradient(const Matrix& x, const Matrix& t, const Row& dl, float factor, const Out<float, 2>& out) {
  const RowLoss r = checked(x, t, dl.shape(0), factor);
  require(out.shape(0) == x.shape(0) && out.shape(1) == x.shape(1), "row_losses: out has another shape");
  perform([r, of = dl.data(), to = out.data()] { run_row_loss_gradient(loss_kernels().*KERNEL, r, of, to); }, x, t, dl,
          out);
}

void weighted_mean(const Row& l, const std::optional<Row>& w, const Out<float, 0>& mean, const Out<float, 1>& shares) {
  require((!w || w->shape(0) == l.shape(0)) && shares.shape(0) == l.shape(0), "weighted_mean: lengths differ");
  const i64 n = static_cast<i64>(l.shape(0));
  perform(
      [n, of = l.data(), by = w ? w->data() : nullptr, to = mean.data(), s = shares.data()] {
        run_weighted_mean(n, of, by, to, s);
      },
      l, w, mean, shares);
}

// False, and nothing is written, where an array of the list is not float32 and contiguous.
bool add_squares(const In<float, 0>& loss, const nb::list& xs, float factor, const Out<float, 0>& out) {
  Buffers buffers;
  if (!buffers.add(xs, false)) return false;
  std::vector<ClipLeaf> leaves;
  leaves.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) leaves.push_back({buffers.size(i), buffers.data(i), nullptr});
  const auto task = [leaves, factor, of = loss.data(), to = out.data()] { run_add_squares(leaves, of, factor, to); };
  {
    Running running;
    task();
  }
  if (Plan* plan = Plan::recording()) {
    read_by(*plan, loss);
    read_by(*plan, xs);
    written_by(*plan, out);
    plan->add([task, loss, xs, out] { task(); });
  }
  return true;
}

}  // namespace

void bind_row_losses(nb::module_& m) {
  using K = LossKernels;
  const auto x = nb::arg("x").noconvert(), t = nb::arg("t").noconvert(), dl = nb::arg("dl").noconvert();
  const auto out = nb::arg("out").noconvert(), losses = nb::arg("losses").noconvert();
  const auto factor = nb::arg("factor");
  m.def("mse_of_rows", &row_losses<&K::mse>, x, t, factor, losses);
  m.def("bce_with_logits_of_rows", &row_losses<&K::bce_with_logits>, x, t, factor, losses);
  m.def("mse_of_rows_backward", &row_loss_gradient<&K::mse_backward>, x, t, dl, factor, out);
  m.def("bce_with_logits_of_rows_backward", &row_loss_gradient<&K::bce_with_logits_backward>, x, t, dl, factor, out);
  m.def("weighted_mean", &weighted_mean, nb::arg("l").noconvert(), nb::arg("w").noconvert().none(),
        nb::arg("mean").noconvert(), nb::arg("shares").noconvert());
  m.def("add_squares", &add_squares, nb::arg("loss").noconvert(), nb::arg("xs"), factor, out);
}

}  // namespace pellucid
