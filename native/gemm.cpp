#include "gemm.h"

#include "pool.h"
#include "scratch.h"

namespace pellucid {

void run_gemm(const Gemm& g) {
  const GemmKernels& k = gemm_kernels();
  const bool by_columns = g.N > g.M;
  const i64 unit = by_columns ? k.columns : k.rows, length = by_columns ? g.N : g.M;
  const i64 units = (length + unit - 1) / unit;
  const i64 chunks = chunks_for(2 * g.M * g.N * g.K, units);
  const i64 need = k.scratch(g);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * unit;
    const i64 to = chunk + 1 == chunks ? length : units * (chunk + 1) / chunks * unit;
    Gemm part = g;
    if (by_columns) {
      part.N = to - from;
      part.B += g.transpose_b ? from * g.ldb : from;
      part.C += from;
      if (g.bias) part.bias += from;
    } else {
      part.M = to - from;
      part.A += g.transpose_a ? from : from * g.lda;
      part.C += from * g.ldc;
    }
    k.gemm(part, scratch(need));
  });
}

}  // namespace pellucid
