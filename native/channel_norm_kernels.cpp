// Columns of a matrix: their moments, and what is done to every element by its column's numbers.
//
// Loop order: strips of four vectors of columns, down blocks of 64 rows, down the rows of a block; the four vectors of a
// row lie side by side in memory, and what belongs to the columns stays in registers. Moments go twice over a block,
// which stays in the cache: its mean, then the squares about that; blocks are joined by the formula of Chan, Golub and
// LeVeque (1979), so that memory is read once and E[x^2] - E[x]^2 loses no digits. Sums run over 64 rows before they are
// added to the total: the error does not grow with the length.
#include "channel_norm.h"

#include "vec.h"

namespace {

using pellucid::Columns;

constexpr i64 BLOCK = 64;
constexpr int STRIP = 4;

INLINE v get(const float* p, i64 count) { return count >= VL ? load(p) : load_part(p, count); }
INLINE void put(float* p, v x, i64 count) {
  if (count >= VL) store(p, x);
  else store_part(p, x, count);
}

// Calls strip(j) for strips of STRIP whole vectors from column j on, then single(j, count) for one vector at a time.
template <typename F, typename G>
INLINE void each_strip(i64 width, const F& strip, const G& single) {
  i64 j = 0;
  for (; j + STRIP * VL <= width; j += STRIP * VL) strip(j);
  for (; j < width; j += VL) single(j, smaller(VL, width - j));
}

template <int N>
INLINE void moments_strip(const Columns& c, float* mean, float* squares, i64 j, i64 count) {
  v m[N] = {}, s[N] = {};
  for (i64 from = 0; from < c.rows; from += BLOCK) {
    const i64 rows = smaller(BLOCK, c.rows - from);
    const float* x = c.x + from * c.width + j;
    v sum[N] = {}, square[N] = {};
    for (i64 r = 0; r < rows; ++r)
      for (int i = 0; i < N; ++i) sum[i] += get(x + r * c.width + i * VL, count);
    const float share = 1 / static_cast<float>(rows), part = static_cast<float>(rows) / static_cast<float>(from + rows);
    for (int i = 0; i < N; ++i) sum[i] *= share;
    for (i64 r = 0; r < rows; ++r)
      for (int i = 0; i < N; ++i) {
        const v d = get(x + r * c.width + i * VL, count) - sum[i];
        square[i] += d * d;
      }
    for (int i = 0; i < N; ++i) {
      const v apart = sum[i] - m[i];
      s[i] += square[i] + apart * (static_cast<float>(from) * part) * apart;  // never 0 times an overflown square
      m[i] += apart * part;
    }
  }
  for (int i = 0; i < N; ++i) {
    put(mean + j + i * VL, m[i], count);
    put(squares + j + i * VL, s[i], count);
  }
}

void moments(const Columns& c, float* mean, float* squares) {
  each_strip(c.width, [&](i64 j) { moments_strip<STRIP>(c, mean, squares, j, VL); },
             [&](i64 j, i64 count) { moments_strip<1>(c, mean, squares, j, count); });
}

template <int N>
INLINE void sums_strip(const Columns& c, const float* mean, float* of_dy, float* along, i64 j, i64 count) {
  v m[N], total[N] = {}, total_along[N] = {};
  for (int i = 0; i < N; ++i) m[i] = get(mean + j + i * VL, count);
  for (i64 from = 0; from < c.rows; from += BLOCK) {
    const i64 end = smaller(from + BLOCK, c.rows);
    v sum[N] = {}, sum_along[N] = {};
    for (i64 r = from; r < end; ++r)
      for (int i = 0; i < N; ++i) {
        const i64 at = r * c.width + j + i * VL;
        const v dy = get(c.dy + at, count);
        sum[i] += dy;
        sum_along[i] += dy * (get(c.x + at, count) - m[i]);
      }
    for (int i = 0; i < N; ++i) {
      total[i] += sum[i];
      total_along[i] += sum_along[i];
    }
  }
  for (int i = 0; i < N; ++i) {
    put(of_dy + j + i * VL, total[i], count);
    put(along + j + i * VL, total_along[i], count);
  }
}

void sums(const Columns& c, const float* mean, float* of_dy, float* along) {
  each_strip(c.width, [&](i64 j) { sums_strip<STRIP>(c, mean, of_dy, along, j, VL); },
             [&](i64 j, i64 count) { sums_strip<1>(c, mean, of_dy, along, j, count); });
}

template <int N>
INLINE void scale_strip(const Columns& c, const float* mean, const float* factor, const float* shift, i64 j, i64 count) {
  v m[N], f[N], b[N];
  for (int i = 0; i < N; ++i) {
    m[i] = get(mean + j + i * VL, count);
    f[i] = get(factor + j + i * VL, count);
    b[i] = get(shift + j + i * VL, count);
  }
  for (i64 r = 0; r < c.rows; ++r)
    for (int i = 0; i < N; ++i) {
      const i64 at = r * c.width + j + i * VL;
      put(c.out + at, (get(c.x + at, count) - m[i]) * f[i] + b[i], count);
    }
}

void scale(const Columns& c, const float* mean, const float* factor, const float* shift) {
  each_strip(c.width, [&](i64 j) { scale_strip<STRIP>(c, mean, factor, shift, j, VL); },
             [&](i64 j, i64 count) { scale_strip<1>(c, mean, factor, shift, j, count); });
}

template <int N>
INLINE void slopes_strip(const Columns& c, const float* mean, const float* factor, const float* centre,
                         const float* along, i64 j, i64 count) {
  v m[N], f[N], o[N], a[N];
  for (int i = 0; i < N; ++i) {
    m[i] = get(mean + j + i * VL, count);
    f[i] = get(factor + j + i * VL, count);
    o[i] = get(centre + j + i * VL, count);
    a[i] = get(along + j + i * VL, count);
  }
  for (i64 r = 0; r < c.rows; ++r)
    for (int i = 0; i < N; ++i) {
      const i64 at = r * c.width + j + i * VL;
      put(c.out + at, f[i] * (get(c.dy + at, count) - o[i] - (get(c.x + at, count) - m[i]) * a[i]), count);
    }
}

void slopes(const Columns& c, const float* mean, const float* factor, const float* centre, const float* along) {
  each_strip(c.width, [&](i64 j) { slopes_strip<STRIP>(c, mean, factor, centre, along, j, VL); },
             [&](i64 j, i64 count) { slopes_strip<1>(c, mean, factor, centre, along, j, count); });
}

}  // namespace

PELLUCID_DEFINE_TABLE(ChannelNormKernels, channel_norm_kernels) = {VL, moments, scale, sums, slopes};
