// What convolutions do besides products of matrices: windows become rows of a matrix, and weights change their order.
//
// Loop order of the gathering: windows in runs along the last axis, for which the lines of x are found once, then the
// stretches of taps of each window, in the order of the row that they fill: so they may be copied as whole vectors that
// reach too far. The rows stay in the second-level cache until the product reads them.
#include "convolution.h"

#include "gemm_pack.h"
#include "vec.h"

namespace {

using pellucid::Slab;
using pellucid::Stretch;
using pellucid::Targets;
using pellucid::Weights;
using pellucid::Windows;

INLINE void copy(const float* from, float* to, i64 n) {
  i64 j = 0;
  for (; j + VL <= n; j += VL) store(to + j, load(from + j));
  if (j < n) store_part(to + j, load_part(from + j, n - j), n - j);
}

INLINE void zero(float* to, i64 n) {
  i64 j = 0;
  for (; j + VL <= n; j += VL) store(to + j, v{});
  if (j < n) store_part(to + j, v{}, n - j);
}

// As whole vectors, up to VL - 1 numbers too many: what comes next overwrites them.
INLINE void copy_over(const float* from, float* to, i64 n) {
  for (i64 j = 0; j < n; j += VL) store(to + j, load(from + j));
}

// A stretch that ends outside of the line of x, or at the very end of x.
__attribute__((noinline)) void copy_clipped(const float* line, const Windows& w, const Slab& slab, i64 q, i64 length,
                                            float* to) {
  const i64 lead = q < 0 ? smaller(-q, length) : 0;
  i64 end = smaller(length, w.size[2] - q);
  if (end < lead) end = lead;
  zero(to, lead * slab.channels);
  copy(line + (q + lead) * w.pixel, to + lead * slab.channels, (end - lead) * slab.channels);
  zero(to + end * slab.channels, (length - end) * slab.channels);
}

// So many windows along the last axis, from x on; lines[k] is where stretch k finds its line, or null.
INLINE void gather_run(const Windows& w, const Slab& slab, const float* const* lines, i64 x, i64 run, float* A,
                       i64 row) {
  for (i64 i = x; i < x + run; ++i, A += row) {
    float* to = A;
    for (i64 k = 0; k < slab.count; ++k) {
      const Stretch& s = slab.stretches[k];
      const i64 n = s.length * slab.channels, q = i * w.step[2] + s.offset[2];
      if (!lines[k]) zero(to, n);
      else if (q >= 0 && q + s.length <= w.size[2] && q * w.pixel + n + VL - 1 <= w.end - lines[k])
        copy_over(lines[k] + q * w.pixel, to, n);
      else copy_clipped(lines[k], w, slab, q, s.length, to);
      to += n;
    }
  }
}

void gather(const Windows& w, const Slab& slab, i64 first, i64 count, float* A, i64 row) {
  const float* lines[pellucid::kWide];
  for (i64 p = first, run; p < first + count; p += run, A += run * row) {
    const i64 x = p % w.places[2], above = p / w.places[2];
    const i64 y = above % w.places[1], planes = above / w.places[1];
    const i64 z = planes % w.places[0], n = planes / w.places[0];
    run = smaller(w.places[2] - x, first + count - p);
    for (i64 k = 0; k < slab.count; ++k) {
      const Stretch& s = slab.stretches[k];
      const i64 iz = z * w.step[0] + s.offset[0], iy = y * w.step[1] + s.offset[1];
      const bool inside = iz >= 0 && iz < w.size[0] && iy >= 0 && iy < w.size[1];
      const i64 line = (n * w.size[0] + iz) * w.size[1] + iy;
      lines[k] = inside ? w.x + line * w.size[2] * w.pixel + slab.channel : nullptr;
    }
    gather_run(w, slab, lines, x, run, A, row);
  }
}

void scatter(const Targets& t, i64 first, i64 count, const float* C, i64 columns) {
  for (i64 p = first; p < first + count; ++p, C += columns) {
    const i64 x = p % t.places[2], lines = p / t.places[2];
    const i64 y = lines % t.places[1], planes = lines / t.places[1];
    const i64 z = planes % t.places[0], n = planes / t.places[0];
    const i64 line = (n * t.size[0] + t.base[0] + z * t.step[0]) * t.size[1] + t.base[1] + y * t.step[1];
    copy(C, t.y + (line * t.size[2] + t.base[2] + x * t.step[2]) * t.pixel, columns);
  }
}

// A block of `rows` rows that lie `stride` apart and `width` columns, both at most VL, as the columns of r.
INLINE void read_turned(const float* from, i64 stride, i64 rows, i64 width, v (&r)[VL]) {
  for (int i = 0; i < VL; ++i) {
    if (i >= rows) r[i] = v{};
    else r[i] = width == VL ? load(from + i * stride) : load_part(from + i * stride, width);
  }
  transpose(r);
}

void turn(const float* x, i64 rows, i64 columns, i64 from, i64 to, float* out) {
  for (i64 j = from; j < to; j += VL) {
    const i64 width = smaller(VL, to - j);
    for (i64 i = 0; i < rows; i += VL) {
      const i64 height = smaller(VL, rows - i);
      v r[VL];
      read_turned(x + i * columns + j, columns, height, width, r);
      for (i64 k = 0; k < width; ++k) write(out + (j + k) * rows + i, r[k], height);
    }
  }
}

void pack(const Weights& w, i64 from, i64 to, float* B) {
  const i64 length = w.channels * w.taps;
  for (i64 o = from; o < to; o += VL) {
    const i64 rows = smaller(VL, to - o);
    for (i64 i = 0; i < length; i += VL) {
      const i64 width = smaller(VL, length - i);
      v r[VL];
      read_turned(w.W + o * w.stride + i, w.stride, rows, width, r);
      for (i64 j = 0, c = i / w.taps, t = i % w.taps; j < width; ++j) {
        if (w.rank[t] >= 0) write(B + (w.rank[t] * w.channels + c) * w.outs + o, r[j], rows);
        if (++t == w.taps) t = 0, ++c;
      }
    }
  }
}

void pack_turned(const Weights& w, i64 from, i64 to, float* B) {
  for (i64 o = from; o < to; ++o) {
    const float* W = w.W + o * w.stride;
    if (w.taps == 1) {
      copy(W, B + o * w.channels, w.channels);
      continue;
    }
    for (i64 c = 0; c < w.channels; c += VL) {
      const i64 rows = smaller(VL, w.channels - c);
      for (i64 t = 0; t < w.taps; t += VL) {
        const i64 width = smaller(VL, w.taps - t);
        v r[VL];
        read_turned(W + c * w.taps + t, w.taps, rows, width, r);
        for (i64 j = 0; j < width; ++j)
          if (w.rank[t + j] >= 0) write(B + (w.rank[t + j] * w.outs + o) * w.channels + c, r[j], rows);
      }
    }
  }
}

void unpack(const Weights& w, i64 from, i64 to, const float* B, i64 parts, i64 part, float* dW) {
  const i64 length = w.channels * w.taps;
  for (i64 o = from; o < to; o += VL) {
    const i64 rows = smaller(VL, to - o);
    for (i64 i = 0; i < length; i += VL) {
      const i64 width = smaller(VL, length - i);
      v r[VL];
      for (i64 j = 0; j < VL; ++j) r[j] = v{};
      for (i64 j = 0, c = i / w.taps, t = i % w.taps; j < width; ++j) {
        const float* b = B + (t * w.channels + c) * w.outs + o;
        for (i64 k = 0; k < parts; ++k) r[j] += rows == VL ? load(b + k * part) : load_part(b + k * part, rows);
        if (++t == w.taps) t = 0, ++c;
      }
      transpose(r);
      for (i64 j = 0; j < rows; ++j) write(dW + (o + j) * length + i, r[j], width);
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(ConvolutionKernels, convolution_kernels) = {gather, scatter, pack, pack_turned, turn, unpack};
