// C = op(A) op(B): the product of matrices, on one thread.
//
// Loop order: K in blocks of KC, N in blocks of PANELS panels of NR = 2 VL columns, M in tiles of at most MR rows,
// then the panels of the block. The micro kernel (gemm_tile.h) keeps an MR x NR piece of C in registers over a whole
// block of K, so each element of C is read and written once a block; a tile of A stays in the first-level cache
// while the panels of B stream from the second. B is copied into scratch, panel by panel, where enough row tiles
// use it to pay for the copy, where it is transposed, or where a panel is narrower than NR. A is read in place: copies
// of its tiles, also where its rows lie a multiple of 4096 bytes apart and share a set of the first-level cache, made
// no product faster and transposed ones 6% slower (AMD Zen 5). Tiles of M are of nearly equal height:
// 33 rows are 11 + 11 + 11 and not 14 + 14 + 5.
#include "gemm.h"

#include "gemm_dot.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "gemm_tiny.h"
#include "vec.h"

namespace {

using pellucid::Gemm;

constexpr i64 KC = 448;
constexpr i64 PANELS = 12;  // with KC, 12 panels of AVX-512 take 690 KB of a second-level cache of 1 MB

bool copies_b(const Gemm& g) { return g.transpose_b || (g.M > 4 * MR && g.ldb > NR); }

// Measured: twice as many rows as one pass takes are worth it where the sums are long.
bool by_dots(const Gemm& g, i64 few, i64 most) {
  return g.transpose_b && !g.transpose_a && g.K >= VL && few <= (g.K < 256 ? most : 2 * most);
}

i64 gemm_scratch(const Gemm&) { return PANELS * NR * KC; }

// Copies k rows and n columns of op(B) in panels, one after the other; the last may be narrower.
void pack_b(const Gemm& g, i64 k0, i64 k, i64 n0, i64 n, float* out) {
  for (i64 j = 0; j < n; j += NR, out += NR * KC) {
    const i64 width = smaller(NR, n - j), wide = width <= VL ? VL : NR;
    if (!copies_b(g) && width == NR) continue;
    if (g.transpose_b) copy_transposed(g.B + (n0 + j) * g.ldb + k0, g.ldb, width, k, out, wide);
    else copy_block(g.B + k0 * g.ldb + n0 + j, g.ldb, k, width, out, wide);
  }
}

void empty_sum(const Gemm& g) {
  for (i64 i = 0; i < g.M; ++i)
    for (i64 j = 0; j < g.N; ++j) {
      float& c = g.C[i * g.ldc + j];
      c = (g.accumulate ? c : 0) + (g.bias ? g.bias[j] : 0);
    }
}

void gemm(const Gemm& g, float* scratch) {
  if (g.M <= 0 || g.N <= 0) return;
  if (g.K == 0) return empty_sum(g);
  if (is_tiny(g)) return tiny_by_sums[g.K](g);
  if (by_dots(g, g.M, DOT_ROWS)) return gemm_dot(few_rows(g));
  if (by_dots(g, g.N, DOT_COLUMNS)) return gemm_dot(few_columns(g));
  const i64 tiles = ceil_div(g.M, MR);
  const bool pack_all = copies_b(g);
  for (i64 k0 = 0, k = 0; k0 < g.K; k0 += k) {
    const i64 left = g.K - k0;
    k = left <= KC ? left : left < 2 * KC ? ceil_div(left, 2) : KC;
    const bool last = k0 + k == g.K;
    for (i64 n0 = 0; n0 < g.N; n0 += PANELS * NR) {
      const i64 n = smaller(PANELS * NR, g.N - n0);
      pack_b(g, k0, k, n0, n, scratch);
      for (i64 t = 0; t < tiles; ++t) {
        const i64 i = g.M * t / tiles, rows = g.M * (t + 1) / tiles - i;
        const float* a = g.transpose_a ? g.A + k0 * g.lda + i : g.A + i * g.lda + k0;
        for (i64 j = 0; j < n; j += NR) {
          const i64 width = smaller(NR, n - j);
          const int vectors = width <= VL ? 1 : 2;
          const bool packed = pack_all || width < NR;
          tile_for(vectors, g.transpose_a, rows)(
              {k, a, g.lda, packed ? scratch + j * KC : g.B + k0 * g.ldb + n0 + j, packed ? vectors * VL : g.ldb,
               g.C + i * g.ldc + n0 + j, g.ldc, width, last && g.bias ? g.bias + n0 + j : nullptr,
               g.accumulate || k0 > 0});
        }
      }
    }
  }
}

// Loop order: columns in blocks of four vectors, rows in blocks of 128 that are summed up by themselves first, so that
// rounding errors of long sums stay small.
template <int VECTORS>
void sum_block(const float* x, i64 stride, i64 rows, i64 columns, float* out) {
  v total[VECTORS];
  for (int j = 0; j < VECTORS; ++j) total[j] = v{};
  for (i64 i = 0; i < rows;) {
    v sum[VECTORS];
    for (int j = 0; j < VECTORS; ++j) sum[j] = v{};
    for (const i64 end = smaller(i + 128, rows); i < end; ++i)
      for (int j = 0; j < VECTORS; ++j)
        sum[j] += VECTORS > 1 || columns == VL
                      ? load(x + i * stride + j * VL)
                      : load_within(x + i * stride, columns, (rows - 1 - i) * stride + columns);
    for (int j = 0; j < VECTORS; ++j) total[j] += sum[j];
  }
  if (VECTORS == 1 && columns < VL) return store_part(out, total[0], columns);
  for (int j = 0; j < VECTORS; ++j) store(out + j * VL, total[j]);
}

void sum_rows(const float* x, i64 stride, i64 rows, i64 columns, float* out) {
  i64 j = 0;
  for (; j + 4 * VL <= columns; j += 4 * VL) sum_block<4>(x + j, stride, rows, 4 * VL, out + j);
  for (; j < columns; j += VL) sum_block<1>(x + j, stride, rows, smaller(VL, columns - j), out + j);
}

}  // namespace

PELLUCID_DEFINE_TABLE(GemmKernels, gemm_kernels) = {gemm, gemm_scratch, sum_rows, MR, NR};
