#include "bind.h"
#include "norms.h"

namespace pellucid {
namespace {

using Matrix = In<float, 2>;
using Vector = std::optional<In<float, 1>>;

void norm(const Matrix& x, const Vector& w, const Vector& b, float eps, bool centred,
          const Out<float, 2>& y,
          const Out<float, 1>& mean, const Out<float, 1>& var, const Out<float, 1>& rstd) {
  const std::size_t each = x.shape(0), columns = x.shape(1);
  require(y.shape(0) == x.shape(0) && y.shape(1) == columns, "norm: y has another shape");
  require(mean.shape(0) == each && var.shape(0) == each && rstd.shape(0) == each, "norm: statistics of another length");
  require((!w || w->shape(0) == columns) && (!b || b->shape(0) == columns), "norm: w or b has another length");
  const Norm n{static_cast<i64>(x.shape(0)), static_cast<i64>(columns), centred, x.data(), w ? w->data() : nullptr,
               b ? b->data() : nullptr, eps, y.data(), mean.data(), var.data(), rstd.data()};
  perform([n] { run_norm(n); }, x, w, b, y, mean, var, rstd);
}

void norm_backward(const Matrix& x, const In<float, 1>& mean, const In<float, 1>& rstd, const Vector& w,
                   const Matrix& dy, bool centred, const Out<float, 2>& dx, const Out<float, 1>& dw,
                   const Out<float, 1>& db) {
  const std::size_t each = x.shape(0), rows = x.shape(0), columns = x.shape(1);
  require(dy.shape(0) == rows && dy.shape(1) == columns, "norm_backward: dy has another shape");
  require(dx.shape(0) == rows && dx.shape(1) == columns, "norm_backward: dx has another shape");
  require(mean.shape(0) == each && rstd.shape(0) == each, "norm_backward: statistics of another length");
  require((!w || w->shape(0) == columns) && dw.shape(0) == columns && db.shape(0) == columns,
          "norm_backward: w, dw or db has another length");
  const NormGradient n{static_cast<i64>(rows), static_cast<i64>(columns), centred, x.data(), mean.data(), rstd.data(),
                       w ? w->data() : nullptr, dy.data(), dx.data(), dw.data(), db.data()};
  perform([n] { run_norm_backward(n); }, x, mean, rstd, w, dy, dx, dw, db);
}

}  // namespace

void bind_norms(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), mean = nb::arg("mean").noconvert(), rstd = nb::arg("rstd").noconvert();
  const auto w = nb::arg("w").noconvert().none(), b = nb::arg("b").noconvert().none();
  m.def("norm", &norm, x, w, b, nb::arg("eps"), nb::arg("centred"), nb::arg("y").noconvert(), mean,
        nb::arg("var").noconvert(), rstd);
  m.def("norm_backward", &norm_backward, x, mean, rstd, w, nb::arg("dy").noconvert(), nb::arg("centred"), nb::arg("dx").noconvert(), nb::arg("dw").noconvert(), nb::arg("db").noconvert());
}

}  // namespace pellucid
