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

}  // namespace

void bind_gemm(nb::module_& m) {
  m.def("gemm", &gemm, nb::arg("x").noconvert(), nb::arg("y").noconvert(), nb::arg("out").noconvert(), nb::arg("tx"),
        nb::arg("ty"), nb::arg("bias").noconvert().none());
}

}  // namespace pellucid
