// C = A op(B) [+ bias] for few columns and sums shorter than a vector, as in the first networks that people build: sums
// of numbers one by one. Vectors would be almost empty. Only for gemm_kernels.cpp.
//
// Loop order: rows of A; columns of C; along K, unrolled, in the order of the tiles. op(B)^T is copied to the stack first.
#pragma once

#include "gemm.h"
#include "vec.h"

namespace {

constexpr i64 TINY_COLUMNS = 4;

template <int K>
__attribute__((noinline)) void tiny(const pellucid::Gemm& g) {
  float b[TINY_COLUMNS][K], bias[TINY_COLUMNS];
  for (i64 j = 0; j < g.N; ++j) {
    bias[j] = g.bias ? g.bias[j] : 0;
    for (i64 p = 0; p < K; ++p) b[j][p] = g.transpose_b ? g.B[j * g.ldb + p] : g.B[p * g.ldb + j];
  }
  for (i64 i = 0; i < g.M; ++i) {
    const float* a = g.A + i * g.lda;
    float x[K];
    for (int p = 0; p < K; ++p) x[p] = a[p];
    float* c = g.C + i * g.ldc;
    for (i64 j = 0; j < g.N; ++j) {
      float sum = 0;
      for (int p = 0; p < K; ++p) sum += x[p] * b[j][p];
      c[j] = (g.accumulate ? c[j] : 0) + sum + bias[j];
    }
  }
}

typedef void (*TinyFn)(const pellucid::Gemm&);
constexpr TinyFn tiny_by_sums[] = {nullptr, tiny<1>, tiny<2>, tiny<3>, tiny<4>, tiny<5>, tiny<6>, tiny<7>, tiny<8>};
constexpr i64 TINY_SUMS = 8;

INLINE bool is_tiny(const pellucid::Gemm& g) {
  return !g.transpose_a && g.N <= TINY_COLUMNS && g.K <= TINY_SUMS;
}

}  // namespace
