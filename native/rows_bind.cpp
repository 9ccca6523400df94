#include <stdexcept>

#include "bind.h"
#include "rows.h"

namespace pellucid {
namespace {

using Matrix = In<float, 2>;
using Classes = In<std::int64_t, 1>;

i64 rows_of(const Matrix& x) { return static_cast<i64>(x.shape(0)); }
i64 columns_of(const Matrix& x) { return static_cast<i64>(x.shape(1)); }

void same_shape(const Matrix& x, const Out<float, 2>& out) {
  require(out.shape(0) == x.shape(0) && out.shape(1) == x.shape(1), "rows: out has another shape");
}

template <RowMap RowKernels::* KERNEL>
void map(const Matrix& x, const Out<float, 2>& out) {
  same_shape(x, out);
  const i64 rows = rows_of(x), columns = columns_of(x);
  perform([=, from = x.data(), to = out.data()] { run_rows(row_kernels().*KERNEL, rows, columns, from, to, columns); },
          x, out);
}

void logsumexp(const Matrix& x, const Out<float, 1>& out) {
  require(out.shape(0) == x.shape(0), "logsumexp: out has another length");
  const i64 rows = rows_of(x), columns = columns_of(x);
  perform([=, from = x.data(), to = out.data()] { run_rows(row_kernels().logsumexp, rows, columns, from, to, 1); }, x,
          out);
}

template <RowGradient RowKernels::* KERNEL>
void gradient(const Matrix& y, const Matrix& dy, const Out<float, 2>& out) {
  same_shape(y, out);
  same_shape(dy, out);
  const i64 rows = rows_of(y), columns = columns_of(y);
  perform(
      [=, of = y.data(), from = dy.data(), to = out.data()] {
        run_row_gradient(row_kernels().*KERNEL, rows, columns, of, from, to);
      },
      y, dy, out);
}

CrossEntropy checked(const Matrix& z, const Classes& t, const float* shift, std::size_t shift_rows,
                     std::size_t shift_columns) {
  require(t.shape(0) == z.shape(0), "cross_entropy: one class for each row");
  require(shift_rows == 2 && shift_columns == z.shape(0), "cross_entropy: shift has another shape");
  float* m = const_cast<float*>(shift);  // written by the forward alone, which has it from an Out
  return {rows_of(z), columns_of(z), z.data(), t.data(), m, m + rows_of(z)};
}

void in_range(bool good) {
  if (!good) throw std::out_of_range("cross_entropy: a class is out of range");  // IndexError
}

void cross_entropy(const Matrix& z, const Classes& t, const Out<float, 1>& losses, const Out<float, 2>& shift) {
  const CrossEntropy c = checked(z, t, shift.data(), shift.shape(0), shift.shape(1));
  require(losses.shape(0) == z.shape(0), "cross_entropy: losses has another length");
  perform([c, out = losses.data()] { in_range(run_cross_entropy(c, out)); }, z, t, losses, shift);
}

void mean_cross_entropy(const Matrix& z, const Classes& t, const Out<float, 0>& mean, const Out<float, 2>& shift) {
  const CrossEntropy c = checked(z, t, shift.data(), shift.shape(0), shift.shape(1));
  perform([c, out = mean.data()] { in_range(run_mean_cross_entropy(c, out)); }, z, t, mean, shift);
}

// dy is one number for each row, or absent, and then dy_of_all is the number of all rows.
void cross_entropy_backward(const Matrix& z, const Classes& t, const Matrix& shift,
                            const std::optional<In<float, 1>>& dy, float dy_of_all, const Out<float, 2>& out) {
  const CrossEntropy c = checked(z, t, shift.data(), shift.shape(0), shift.shape(1));
  same_shape(z, out);
  require(!dy || dy->shape(0) == z.shape(0), "cross_entropy_backward: dy has another length");
  perform(
      [c, dy_of_all, from = dy ? dy->data() : nullptr, to = out.data()] {
        in_range(run_cross_entropy_backward(c, from, dy_of_all, to));
      },
      z, t, shift, dy, out);
}

}  // namespace

void bind_rows(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), z = nb::arg("z").noconvert(), t = nb::arg("t").noconvert();
  const auto y = nb::arg("y").noconvert(), dy = nb::arg("dy").noconvert(), out = nb::arg("out").noconvert();
  const auto mean = nb::arg("mean").noconvert(), losses = nb::arg("losses").noconvert(), shift = nb::arg("shift").noconvert();
  m.def("softmax", &map<&RowKernels::softmax>, x, out);
  m.def("log_softmax", &map<&RowKernels::log_softmax>, x, out);
  m.def("logsumexp", &logsumexp, x, out);
  m.def("softmax_backward", &gradient<&RowKernels::softmax_backward>, y, dy, out);
  m.def("log_softmax_backward", &gradient<&RowKernels::log_softmax_backward>, y, dy, out);
  m.def("cross_entropy", &cross_entropy, z, t, losses, shift);
  m.def("mean_cross_entropy", &mean_cross_entropy, z, t, mean, shift);
  m.def("cross_entropy_backward", &cross_entropy_backward, z, t, shift, nb::arg("dy").noconvert().none(),
        nb::arg("dy_of_all"), out);
}

}  // namespace pellucid
