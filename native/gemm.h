// Products of matrices.
#pragma once

#include "isa.h"

namespace pellucid {

// C (M, N) = [C +] op(A) op(B) [+ bias]; op(X) is X or its transpose. Matrices lie row by row.
struct Gemm {
  bool transpose_a, transpose_b;
  i64 M, N, K;
  const float* A;
  i64 lda;
  const float* B;
  i64 ldb;
  float* C;
  i64 ldc;
  const float* bias;  // (N,), or null
  bool accumulate;
};

struct GemmKernels {
  void (*gemm)(const Gemm& g, float* scratch);
  i64 (*scratch)(const Gemm& g);  // floats of scratch that gemm needs
  i64 rows, columns;              // the tile: cuts along M and N are multiples of these
};
PELLUCID_DECLARE_TABLE(GemmKernels, gemm_kernels)

// The whole product, cut into chunks along the longer of M and N and given to the pool.
void run_gemm(const Gemm& g);

}  // namespace pellucid
