// C = A B^T [+ bias] for few rows of A, such as one row at inference: dot products along K, so that B is read once,
// where it lies, instead of being transposed first. Only for gemm_kernels.cpp.
//
// Loop order: groups of columns of C (rows of B), and along K in vectors; each pair of rows has an accumulator. Four
// accumulators are summed up together, by transposing their lanes.
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

// Rows i .. of C in columns j .., of which there may be fewer than 4 GROUPS: the last is then computed several times.
template <int ROWS, int GROUPS>
__attribute__((noinline)) void dots(const pellucid::Gemm& g, i64 i, i64 j) {
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
  if (p < g.K) {
    v x[ROWS];
    for (int r = 0; r < ROWS; ++r) x[r] = load_part(a + r * g.lda + p, g.K - p);
    for (int c = 0; c < COLUMNS; ++c) {
      const v y = load_part(b[c] + p, g.K - p);
      for (int r = 0; r < ROWS; ++r) acc[r][c] += x[r] * y;
    }
  }
  for (int r = 0; r < ROWS; ++r)
    for (int group = 0; group < GROUPS; ++group) {
      const v* four = &acc[r][4 * group];
      const v4 sum = sums_of_four(four[0], four[1], four[2], four[3]);
      float* out = g.C + (i + r) * g.ldc;
      for (i64 c = 0, at = j + 4 * group; c < 4 && at < g.N; ++c, ++at)
        out[at] = (g.accumulate ? out[at] : 0) + sum[c] + (g.bias ? g.bias[at] : 0);
    }
}

// AVX-512 has registers for 24 accumulators, the others for 8 to 12.
#if defined(__AVX512F__)
constexpr i64 DOT_ROWS = 6;
#else
constexpr i64 DOT_ROWS = 3;
#endif

void gemm_dot(const pellucid::Gemm& g) {
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
