// The micro kernel of products: one tile of C in registers. Only for gemm_kernels.cpp.
#pragma once

#include "vec.h"

namespace {

#if defined(__AVX512F__)
constexpr int MR = 14;  // 28 accumulators, 2 of B, 1 broadcast of A in 32 registers
#define ROW_COUNTS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
#else
constexpr int MR = 6;  // 12 accumulators of 16 registers
#define ROW_COUNTS 1, 2, 3, 4, 5, 6
#endif
constexpr int NR = 2 * VL;

struct Tile {
  i64 k;
  const float* A;  // rows at stride lda; of a transposed A, k rows that hold the tile's rows side by side
  i64 lda;
  const float* B;  // k rows of whole vectors
  i64 ldb;
  float* C;
  i64 ldc;
  i64 columns;        // of C, which may end within the last vector
  const float* bias;  // or null
  bool accumulate;
};

// Where the columns end within the last vector: through memory, out of the way of the tiles that are whole.
__attribute__((noinline)) void store_narrow(const float* from, int first, int rows, int vectors, const Tile& t) {
  for (int i = first; i < rows; ++i)
    for (int j = 0; j < vectors; ++j, from += VL) {
      const i64 n = t.columns - j * VL;
      float* c = t.C + i * t.ldc + j * VL;
      v x = load(from);
      if (n >= VL) {
        if (t.accumulate) x += load(c);
        if (t.bias) x += load(t.bias + j * VL);
        store(c, x);
      } else {
        if (t.accumulate) x += load_part(c, n);
        if (t.bias) x += load_part(t.bias + j * VL, n);
        store_part(c, x, n);
      }
    }
}

// Where the rows of C follow one another: whole vectors, whose ends the next row writes over; rows whose vectors would end
// behind the tile are left. How many were stored.
template <int ROWS, int VECTORS>
INLINE int store_overlapping(const v (&acc)[ROWS][VECTORS], const Tile& t) {
  if (t.accumulate || t.ldc != t.columns || t.columns * ROWS < VECTORS * VL) return 0;
  v bias[VECTORS];
  for (int j = 0; j < VECTORS; ++j) bias[j] = v{};
  if (t.bias) {
    for (int j = 0; j + 1 < VECTORS; ++j) bias[j] = load(t.bias + j * VL);
    bias[VECTORS - 1] = load_part(t.bias + (VECTORS - 1) * VL, t.columns - (VECTORS - 1) * VL);
  }
  float* c = t.C;
  const float* last = t.C + t.columns * ROWS - VECTORS * VL;
  int stored = 0;
  for (int i = 0; i < ROWS; ++i, c += t.columns)
    if (c <= last) {
      for (int j = 0; j < VECTORS; ++j) store(c + j * VL, acc[i][j] + bias[j]);
      stored = i + 1;
    }
  return stored;
}

// acc (rows x vectors of columns) over k, then [C +] acc [+ bias] is stored.
template <int ROWS, int VECTORS, bool TRANSPOSE_A>
__attribute__((noinline)) void tile(const Tile& t) {
  v acc[ROWS][VECTORS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) acc[i][j] = v{};
  constexpr int GROUPS = (ROWS + 2) / 3;  // one pointer for three rows: lda and 2 lda are addressing modes
  const i64 row = TRANSPOSE_A ? 1 : t.lda, along = TRANSPOSE_A ? t.lda : 1, ldb = t.ldb, k = t.k;
  const float* a[GROUPS];
  for (int g = 0; g < GROUPS; ++g) a[g] = t.A + 3 * g * row;
  const float* B = t.B;
#pragma GCC unroll 4
  for (i64 p = 0; p < k; ++p) {
    v b[VECTORS];
    for (int j = 0; j < VECTORS; ++j) b[j] = load(B + j * VL);
    for (int i = 0; i < ROWS; ++i) {
      const v x = all(a[i / 3][(i % 3) * row]);
      for (int j = 0; j < VECTORS; ++j) acc[i][j] += x * b[j];
    }
    for (int g = 0; g < GROUPS; ++g) a[g] += along;
    B += ldb;
  }
  if (t.columns < VECTORS * VL) {
    const int stored = store_overlapping<ROWS, VECTORS>(acc, t);
    float narrow[ROWS * VECTORS * VL];
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < VECTORS; ++j) store(narrow + (i * VECTORS + j) * VL, acc[i][j]);
    store_narrow(narrow + stored * VECTORS * VL, stored, ROWS, VECTORS, t);
    return;
  }
  if (t.accumulate)
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < VECTORS; ++j) acc[i][j] += load(t.C + i * t.ldc + j * VL);
  if (t.bias)
    for (int j = 0; j < VECTORS; ++j) {
      const v x = load(t.bias + j * VL);
      for (int i = 0; i < ROWS; ++i) acc[i][j] += x;
    }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) store(t.C + i * t.ldc + j * VL, acc[i][j]);
}

typedef void (*TileFn)(const Tile&);

template <int VECTORS, bool TRANSPOSE_A>
struct Tiles {
  TileFn by_rows[MR + 1];
};

template <int VECTORS, bool TRANSPOSE_A, int... R>
constexpr Tiles<VECTORS, TRANSPOSE_A> make_tiles() {
  return {{nullptr, tile<R, VECTORS, TRANSPOSE_A>...}};
}

constexpr Tiles<1, false> tiles_1n = make_tiles<1, false, ROW_COUNTS>();
constexpr Tiles<2, false> tiles_2n = make_tiles<2, false, ROW_COUNTS>();
constexpr Tiles<1, true> tiles_1t = make_tiles<1, true, ROW_COUNTS>();
constexpr Tiles<2, true> tiles_2t = make_tiles<2, true, ROW_COUNTS>();

INLINE TileFn tile_for(int vectors, bool transpose_a, i64 rows) {
  if (vectors == 1) return transpose_a ? tiles_1t.by_rows[rows] : tiles_1n.by_rows[rows];
  return transpose_a ? tiles_2t.by_rows[rows] : tiles_2n.by_rows[rows];
}

}  // namespace
