#include "bind.h"
#include "channel_norm.h"

namespace pellucid {
namespace {

using Matrix = In<float, 2>;
using Vector = In<float, 1>;
using Maybe = std::optional<Vector>;

i64 rows_of(const Matrix& x) { return static_cast<i64>(x.shape(0)); }
i64 columns_of(const Matrix& x) { return static_cast<i64>(x.shape(1)); }

template <typename... Arrays>
void one_each(const Matrix& x, const Arrays&... arrays) {
  require(x.shape(0) > 0 && x.shape(1) > 0, "channel_norm: nothing to normalise");
  require(((arrays.shape(0) == x.shape(1)) && ...), "channel_norm: one number for each column");
}

template <typename Array>
void same_shape(const Matrix& x, const Array& y) {
  require(y.shape(0) == x.shape(0) && y.shape(1) == x.shape(1), "channel_norm: the shapes differ");
}

const float* data(const Maybe& w, const Matrix& x) {
  if (w) one_each(x, *w);
  return w ? w->data() : nullptr;
}

void channel_norm(const Matrix& x, const Maybe& w, const Maybe& b, float eps, const Out<float, 2>& y,
                  const Out<float, 1>& mean, const Out<float, 1>& var, const Out<float, 1>& rstd) {
  one_each(x, mean, var, rstd);
  same_shape(x, y);
  const ChannelNorm n{rows_of(x), columns_of(x), x.data(), data(w, x), data(b, x), eps, y.data(), mean.data(),
                      var.data(), rstd.data()};
  perform([n] { run_channel_norm(n); }, x, w, b, y, mean, var, rstd);
}

void channel_norm_backward(const Matrix& x, const Vector& mean, const Vector& rstd, const Maybe& w, const Matrix& dy,
                           const Out<float, 2>& dx, const Out<float, 1>& dw, const Out<float, 1>& db) {
  one_each(x, mean, rstd, dw, db);
  same_shape(x, dy);
  same_shape(x, dx);
  const ChannelNormGradient n{rows_of(x), columns_of(x), x.data(), mean.data(), rstd.data(), data(w, x), dy.data(),
                              dx.data(), dw.data(), db.data()};
  perform([n] { run_channel_norm_backward(n); }, x, mean, rstd, w, dy, dx, dw, db);
}

// y = (x - mean) factor + shift.
void channel_scale(const Matrix& x, const Vector& mean, const Vector& factor, const Vector& shift,
                   const Out<float, 2>& y) {
  one_each(x, mean, factor, shift);
  same_shape(x, y);
  const Columns c{rows_of(x), columns_of(x), x.data(), nullptr, y.data()};
  perform([c, m = mean.data(), f = factor.data(), s = shift.data()] { run_channel_scale(c, m, f, s); }, x, mean, factor,
          shift, y);
}

}  // namespace

void bind_channel_norm(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), mean = nb::arg("mean").noconvert(), rstd = nb::arg("rstd").noconvert();
  const auto w = nb::arg("w").noconvert().none(), b = nb::arg("b").noconvert().none();
  const auto y = nb::arg("y").noconvert(), dy = nb::arg("dy").noconvert(), dx = nb::arg("dx").noconvert();
  m.def("channel_norm", &channel_norm, x, w, b, nb::arg("eps"), y, mean, nb::arg("var").noconvert(), rstd);
  m.def("channel_norm_backward", &channel_norm_backward, x, mean, rstd, w, dy, dx, nb::arg("dw").noconvert(),
        nb::arg("db").noconvert());
  m.def("channel_scale", &channel_scale, x, mean, nb::arg("factor").noconvert(), nb::arg("shift").noconvert(), y);
}

}  // namespace pellucid
