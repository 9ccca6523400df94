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
  // out (columns,) = the sum of the rows of x, which lie `stride` apart
  void (*sum_rows)(const float* x, i64 stride, i64 rows, i64 columns, float* out);
  i64 rows, columns;              // the tile: cuts along M and N are multiples of these
};
PELLUCID_DECLARE_TABLE(GemmKernels, gemm_kernels)

// The whole product, cut into pieces along M and N that are given to the pool.
void run_gemm(const Gemm& g);

// So many products of matrices that lie at strides from the first.
struct Batch {
  i64 count, stride_a, stride_b, stride_c;
};
void run_gemms(const Gemm& g, const Batch& batch);

// Of Y = X W^T + b: dX = dY W, dW = dY^T X, db = the sum of dY's rows, those that are not null. X, Y have `rows` rows.
struct LinearBackward {
  i64 rows, in, out;
  const float *x, *W, *dy;
  float *dx, *dW, *db;
};
void run_linear_backward(const LinearBackward& g);

}  // namespace pellucid
