// C = op(A) op(B): the product of matrices, on one thread.
//
// Loop order: K in blocks of KC (a block of B stays in the first-level cache's reach), N in panels of NR = 2 VL
// columns, M in tiles of at most MR rows; the micro kernel keeps an MR x NR piece of C in registers over a whole K
// block, so each element of C is read and written once a block. A panel of B is copied into scratch, contiguous
// and padded with zeros, where it is used by enough row tiles to pay for the copy, is transposed, or is narrower
// than NR; A is read in place, rows at the stride lda (a transposed A reads along its rows, also contiguous).
// Tiles of M are of nearly equal height: 33 rows are 11 + 11 + 11 and not 14 + 14 + 5.
#include "gemm.h"

#include "vec.h"

namespace {

using pellucid::Gemm;

#if defined(__AVX512F__)
constexpr int MR = 14;  // 28 accumulators, 2 of B, 1 broadcast of A in 32 registers
#else
constexpr int MR = 6;  // 12 accumulators of 16 registers
#endif
constexpr int NR = 2 * VL;
constexpr i64 KC = 448;
constexpr i64 PANELS = 12;  // panels of B kept in scratch at once: about 300 KB of a 1 MB second-level cache

// One tile: acc (rows x vectors of columns) over k, then [C +] acc [+ bias] is stored.
template <int ROWS, int VECTORS, bool TRANSPOSE_A>
__attribute__((noinline)) void tile(i64 k, const float* A, i64 lda, const float* B, i64 ldb, float* C, i64 ldc,
                                    const float* bias, bool accumulate) {
  v acc[ROWS][VECTORS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) acc[i][j] = v{};
  constexpr int GROUPS = (ROWS + 2) / 3;  // one pointer for three rows: lda and 2 lda are addressing modes
  const float* a[GROUPS];
  for (int g = 0; g < GROUPS; ++g) a[g] = TRANSPOSE_A ? A + 3 * g : A + 3 * g * lda;
  const i64 row = TRANSPOSE_A ? 1 : lda, along = TRANSPOSE_A ? lda : 1;
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
  if (accumulate)
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < VECTORS; ++j) acc[i][j] += load(C + i * ldc + j * VL);
  if (bias)
    for (int j = 0; j < VECTORS; ++j) {
      const v x = load(bias + j * VL);
      for (int i = 0; i < ROWS; ++i) acc[i][j] += x;
    }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) store(C + i * ldc + j * VL, acc[i][j]);
}

typedef void (*TileFn)(i64, const float*, i64, const float*, i64, float*, i64, const float*, bool);

template <int VECTORS, bool TRANSPOSE_A>
struct Tiles {
  TileFn by_rows[MR + 1];
};

template <int VECTORS, bool TRANSPOSE_A, int... R>
constexpr Tiles<VECTORS, TRANSPOSE_A> make_tiles(int) {
  return {{nullptr, tile<R, VECTORS, TRANSPOSE_A>...}};
}

#if defined(__AVX512F__)
#define ROW_COUNTS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
#else
#define ROW_COUNTS 1, 2, 3, 4, 5, 6
#endif
const Tiles<1, false> tiles_1n = make_tiles<1, false, ROW_COUNTS>(0);
const Tiles<2, false> tiles_2n = make_tiles<2, false, ROW_COUNTS>(0);
const Tiles<1, true> tiles_1t = make_tiles<1, true, ROW_COUNTS>(0);
const Tiles<2, true> tiles_2t = make_tiles<2, true, ROW_COUNTS>(0);

INLINE TileFn tile_for(int vectors, bool transpose_a, i64 rows) {
  if (vectors == 1) return transpose_a ? tiles_1t.by_rows[rows] : tiles_1n.by_rows[rows];
  return transpose_a ? tiles_2t.by_rows[rows] : tiles_2n.by_rows[rows];
}

// Copies `width` columns of op(B), k rows of them, into contiguous rows of `wide`, zeros beyond the width.
void pack_b(const Gemm& g, i64 k0, i64 k, i64 j0, i64 width, float* out, i64 wide) {
  if (!g.transpose_b) {
    const float* b = g.B + k0 * g.ldb + j0;
    for (i64 p = 0; p < k; ++p, b += g.ldb, out += wide) {
      i64 j = 0;
      for (; j + VL <= width; j += VL) store(out + j, load(b + j));
      for (; j < width; ++j) out[j] = b[j];
      for (; j < wide; ++j) out[j] = 0;
    }
    return;
  }
  for (i64 j = 0; j < width; ++j) {
    const float* b = g.B + (j0 + j) * g.ldb + k0;
    for (i64 p = 0; p < k; ++p) out[p * wide + j] = b[p];
  }
  for (i64 j = width; j < wide; ++j)
    for (i64 p = 0; p < k; ++p) out[p * wide + j] = 0;
}

i64 gemm_scratch(const Gemm&) { return PANELS * NR * KC + MR * NR; }

void gemm(const Gemm& g, float* scratch) {
  if (g.M <= 0 || g.N <= 0) return;
  float* spill = scratch + PANELS * NR * KC;  // a tile whose columns do not fill the vectors lands here first
  const i64 tiles = ceil_div(g.M, MR);
  if (g.K == 0) {  // an empty sum
    for (i64 i = 0; i < g.M; ++i)
      for (i64 j = 0; j < g.N; ++j) {
        float& c = g.C[i * g.ldc + j];
        c = (g.accumulate ? c : 0) + (g.bias ? g.bias[j] : 0);
      }
    return;
  }
  for (i64 k0 = 0, k = 0; k0 < g.K; k0 += k) {
    const i64 left = g.K - k0;
    k = left <= KC ? left : left < 2 * KC ? ceil_div(left, 2) : KC;
    const bool first = k0 == 0, last = k0 + k == g.K, add = g.accumulate || !first;
    for (i64 n0 = 0; n0 < g.N; n0 += PANELS * NR) {
      const i64 n = smaller(PANELS * NR, g.N - n0), panels = ceil_div(n, NR);
      const bool pack_all = g.transpose_b || (g.M > 4 * MR && g.ldb > NR);
      for (i64 p = 0; p < panels; ++p) {
        const i64 width = smaller(NR, n - p * NR);
        if (pack_all || width < NR) {
          const i64 wide = width <= VL ? VL : NR;
          pack_b(g, k0, k, n0 + p * NR, width, scratch + p * NR * KC, wide);
        }
      }
      for (i64 t = 0; t < tiles; ++t) {
        const i64 i = g.M * t / tiles, rows = g.M * (t + 1) / tiles - i;
        const float* a = g.transpose_a ? g.A + k0 * g.lda + i : g.A + i * g.lda + k0;
        for (i64 p = 0; p < panels; ++p) {
          const i64 j = n0 + p * NR, width = smaller(NR, g.N - j);
          const int vectors = width <= VL ? 1 : 2;
          const bool packed = pack_all || width < NR;
          const float* b = packed ? scratch + p * NR * KC : g.B + k0 * g.ldb + j;
          const i64 ldb = packed ? vectors * VL : g.ldb;
          float* c = g.C + i * g.ldc + j;
          const float* bias = last && g.bias ? g.bias + j : nullptr;
          const TileFn fn = tile_for(vectors, g.transpose_a, rows);
          if (width == vectors * VL) {
            fn(k, a, g.lda, b, ldb, c, g.ldc, bias, add);
          } else {
            fn(k, a, g.lda, b, ldb, spill, NR, nullptr, false);
            for (i64 r = 0; r < rows; ++r)
              for (i64 q = 0; q < width; ++q) {
                float& out = c[r * g.ldc + q];
                out = (add ? out : 0) + spill[r * NR + q] + (bias ? bias[q] : 0);
              }
          }
        }
      }
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(GemmKernels, gemm_kernels) = {gemm, gemm_scratch, MR, NR};
