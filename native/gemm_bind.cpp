#include "bind.h"
#include "gemm.h"

namespace pellucid {
namespace {

// out = op(x) op(y) [+ bias]
void gemm(const In<float, 2>& x, const In<float, 2>& y, const Out<float, 2>& out, bool tx, bool ty,
          const std::optional<In<float, 1>>& bias) {
  Gemm g{};
  g.transpose_a = tx;
  g.transpose_b = ty;
  g.M = static_cast<i64>(x.shape(tx ? 1 : 0));
  g.K = static_cast<i64>(x.shape(tx ? 0 : 1));
  g.N = static_cast<i64>(y.shape(ty ? 0 : 1));
  require(static_cast<i64>(y.shape(ty ? 1 : 0)) == g.K, "gemm: the inner sizes differ");
  require(static_cast<i64>(out.shape(0)) == g.M && static_cast<i64>(out.shape(1)) == g.N, "gemm: out has another shape");
  require(!bias || static_cast<i64>(bias->shape(0)) == g.N, "gemm: bias has another length");
  g.A = x.data();
  g.lda = static_cast<i64>(x.shape(1));
  g.B = y.data();
  g.ldb = static_cast<i64>(y.shape(1));
  g.C = out.data();
  g.ldc = g.N;
  g.bias = bias ? bias->data() : nullptr;
  perform([g] { run_gemm(g); }, x, y, out, bias);
}

// out[i] = op(x[i]) op(y[i])
void gemms(const In<float, 3>& x, const In<float, 3>& y, const Out<float, 3>& out, bool tx, bool ty) {
  const auto size = [](const auto& a, int axis) { return static_cast<i64>(a.shape(static_cast<std::size_t>(axis))); };
  Gemm g{};
  g.transpose_a = tx;
  g.transpose_b = ty;
  g.M = size(x, tx ? 2 : 1);
  g.K = size(x, tx ? 1 : 2);
  g.N = size(y, ty ? 1 : 2);
  require(size(y, ty ? 2 : 1) == g.K, "gemms: the inner sizes differ");
  require(size(y, 0) == size(x, 0) && size(out, 0) == size(x, 0), "gemms: the batches differ");
  require(size(out, 1) == g.M && size(out, 2) == g.N, "gemms: out has another shape");
  g.A = x.data();
  g.lda = size(x, 2);
  g.B = y.data();
  g.ldb = size(y, 2);
  g.C = out.data();
  g.ldc = g.N;
  const Batch batch{size(x, 0), g.M * g.K, g.K * g.N, g.M * g.N};
  perform([g, batch] { run_gemms(g, batch); }, x, y, out);
}

// The gradients of y = x W^T + b that have a place to go; the shapes of x and W count also where they are not read.
void linear_backward(const In<float, 2>& x, const In<float, 2>& W, const In<float, 2>& dy,
                     const std::optional<Out<float, 2>>& dx, const std::optional<Out<float, 2>>& dW,
                     const std::optional<Out<float, 1>>& db) {
  LinearBackward g{};
  g.rows = static_cast<i64>(x.shape(0));
  g.in = static_cast<i64>(x.shape(1));
  g.out = static_cast<i64>(W.shape(0));
  const auto fits = [](const auto& a, i64 rows, i64 columns) {
    return static_cast<i64>(a.shape(0)) == rows && static_cast<i64>(a.shape(1)) == columns;
  };
  require(fits(W, g.out, g.in), "linear_backward: x and W do not fit");
  require(fits(dy, g.rows, g.out), "linear_backward: dy has another shape");
  require(!dx || fits(*dx, g.rows, g.in), "linear_backward: dx has another shape");
  require(!dW || fits(*dW, g.out, g.in), "linear_backward: dW has another shape");
  require(!db || static_cast<i64>(db->shape(0)) == g.out, "linear_backward: db has another length");
  g.x = x.data();
  g.W = W.data();
  g.dy = dy.data();
  g.dx = dx ? dx->data() : nullptr;
  g.dW = dW ? dW->data() : nullptr;
  g.db = db ? db->data() : nullptr;
  perform([g] { run_linear_backward(g); }, x, W, dy, dx, dW, db);
}

}  // namespace

void bind_gemm(nb::module_& m) {
  m.def("gemm", &gemm, nb::arg("x").noconvert(), nb::arg("y").noconvert(), nb::arg("out").noconvert(), nb::arg("tx"),
        nb::arg("ty"), nb::arg("bias").noconvert().none());
  m.def("gemms", &gemms, nb::arg("x").noconvert(), nb::arg("y").noconvert(), nb::arg("out").noconvert(), nb::arg("tx"),
        nb::arg("ty"));
  m.def("linear_backward", &linear_backward, nb::arg("x").noconvert(), nb::arg("W").noconvert(),
        nb::arg("dy").noconvert(), nb::arg("dx").noconvert().none(), nb::arg("dW").noconvert().none(),
        nb::arg("db").noconvert().none());
}

}  // namespace pellucid
