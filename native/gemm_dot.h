// C = A B^T [+ bias] for few rows of A or of B, such as one row at inference or one output: dot products along K, so
// that both are read once, where they lie. Only for gemm_kernels.cpp.
//
// Loop order: groups of columns of C (rows of B), and along K in vectors; each pair of rows has an accumulator. Four
// accumulators are summed up together, by transposing their lanes. Few rows of B change places with A: C then lies in
// columns.
#pragma once

#include "gemm.h"
#include "gemm_pack.h"
#include "vec.h"

namespace {

typedef float v4 __attribute__((vector_size(16)));
typedef float v4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));

INLINE v4 sums_of_four(v a, v b, v c, v d) {
  transpose_lanes(a, b, c, d);
  float lanes[VL];
  store(lanes, (a + b) + (c + d));
  v4 sum = *(const v4_unaligned*)lanes;
  for (int l = 1; l < LANES; ++l) sum += *(const v4_unaligned*)(lanes + 4 * l);
  return sum;
}

// A (M, K) with few rows and B (N, K); an element of C, of the bias or of a row lies so many floats behind the one before.
struct Dots {
  i64 M, N, K;
  const float* A;
  i64 lda;
  const float* B;
  i64 ldb;
  float* C;
  i64 row, column;
  const float* bias;
  i64 bias_row, bias_column;
  bool accumulate;
};

INLINE Dots few_rows(const pellucid::Gemm& g) {
  return {g.M, g.N, g.K, g.A, g.lda, g.B, g.ldb, g.C, g.ldc, 1, g.bias, 0, 1, g.accumulate};
}
INLINE Dots few_columns(const pellucid::Gemm& g) {
  return {g.N, g.M, g.K, g.B, g.ldb, g.A, g.lda, g.C, 1, g.ldc, g.bias, 1, 0, g.accumulate};
}

// Rows i .. of C in columns j .., of which there may be fewer than 4 GROUPS: the last is then computed several times.
template <int ROWS, int GROUPS>
__attribute__((noinline)) void dots(const Dots& g, i64 i, i64 j) {
  constexpr int COLUMNS = 4 * GROUPS;
  const float* b[COLUMNS];
  for (int c = 0; c < COLUMNS; ++c) b[c] = g.B + smaller(j + c, g.N - 1) * g.ldb;
  v acc[ROWS][COLUMNS];
  for (int r = 0; r < ROWS; ++r)
    for (int c = 0; c < COLUMNS; ++c) acc[r][c] = v{};
  const float* a = g.A + i * g.lda;
  i64 p = 0;
  for (; p + VL <= g.K; p += VL) {
    v x[ROWS];
    for (int r = 0; r < ROWS; ++r) x[r] = load(a + r * g.lda + p);
    for (int c = 0; c < COLUMNS; ++c) {
      const v y = load(b[c] + p);
      for (int r = 0; r < ROWS; ++r) acc[r][c] += x[r] * y;
    }
  }
  if (p < g.K) {  // the last whole vector, without what has been counted
    const vi counted = first_elements(VL - (g.K - p));
    v x[ROWS];
    for (int r = 0; r < ROWS; ++r) x[r] = choose(counted, v{}, load(a + r * g.lda + g.K - VL));
    for (int c = 0; c < COLUMNS; ++c) {
      const v y = choose(counted, v{}, load(b[c] + g.K - VL));
      for (int r = 0; r < ROWS; ++r) acc[r][c] += x[r] * y;
    }
  }
  for (int r = 0; r < ROWS; ++r)
    for (int group = 0; group < GROUPS; ++group) {
      const v* four = &acc[r][4 * group];
      const v4 sum = sums_of_four(four[0], four[1], four[2], four[3]);
      for (i64 c = 0, at = j + 4 * group; c < 4 && at < g.N; ++c, ++at) {
        float& out = g.C[(i + r) * g.row + at * g.column];
        const float b = g.bias ? g.bias[(i + r) * g.bias_row + at * g.bias_column] : 0;
        out = (g.accumulate ? out : 0) + sum[c] + b;
      }
    }
}

// AVX-512 has registers for 24 accumulators, the others for 8 to 12.
#if defined(__AVX512F__)
constexpr i64 DOT_ROWS = 6;
#else
constexpr i64 DOT_ROWS = 3;
#endif
constexpr i64 DOT_COLUMNS = 4;

void gemm_dot(const Dots& g) {
  const i64 steps = ceil_div(g.M, DOT_ROWS);
  for (i64 j = 0; j < g.N;) {
    i64 columns = 8;
    for (i64 step = 0; step < steps; ++step) {
      const i64 i = g.M * step / steps, rows = g.M * (step + 1) / steps - i;
#if defined(__AVX512F__)
      if (steps > 1 || rows > 3) {
        columns = 4;
        switch (rows) {
          case 3: dots<3, 1>(g, i, j); break;
          case 4: dots<4, 1>(g, i, j); break;
          case 5: dots<5, 1>(g, i, j); break;
          default: dots<6, 1>(g, i, j);
        }
      } else {
        switch (rows) {
          case 1: dots<1, 2>(g, i, j); break;
          case 2: dots<2, 2>(g, i, j); break;
          default: dots<3, 2>(g, i, j);
        }
      }
#else
      if (steps > 1 || rows > 1) {
        columns = 4;
        switch (rows) {
          case 1: dots<1, 1>(g, i, j); break;
          case 2: dots<2, 1>(g, i, j); break;
          default: dots<3, 1>(g, i, j);
        }
      } else {
        dots<1, 2>(g, i, j);
      }
#endif
    }
    j += columns;
  }
}

}  // namespace
