// Depthwise convolution, channels last: vectors of channels, each multiplied by weights of its own.
//
// Loop order of the forward: lines of places, of which the taps' lines of x are found once; channels in vectors; places
// in fours, whose sums stay in registers while the taps go by, so that a vector of weights is loaded once for four
// products. Near the ends of a line, places go one by one and leave out the taps that lie outside. The sums for dW go
// along a line with the sums of four taps in registers, so that a vector of dy is loaded once for four products.
#include "depthwise.h"

#include "vec.h"

namespace {

using pellucid::Depthwise;
using pellucid::Stretch;
using pellucid::Targets;
using pellucid::Windows;

constexpr i64 kMostTaps = 448;
constexpr int SIDE = 4;

// The taps that find a line of x for a line of places: where tap k finds the first place's number, and for which places
// that lies inside of x.
struct Line {
  i64 count;
  const float* from[kMostTaps];
  i64 first[kMostTaps], end[kMostTaps], tap[kMostTaps];
  i64 inner, outer;  // the places for which all of them do
};

INLINE void find_line(const Depthwise& d, i64 line, i64 skip, Line& found) {
  const Windows& w = d.windows;
  const i64 planes = line / w.places[1], n = planes / w.places[0];
  const i64 y = line % w.places[1] * w.step[1], z = planes % w.places[0] * w.step[0];
  found.count = 0;
  found.inner = 0;
  found.outer = w.places[2];
  for (i64 k = skip; k < d.count && k < skip + kMostTaps; ++k) {
    const Stretch& s = d.taps[k];
    const i64 iz = z + s.offset[0], iy = y + s.offset[1];
    if (iz < 0 || iz >= w.size[0] || iy < 0 || iy >= w.size[1]) continue;
    const i64 at = found.count++, left = w.size[2] - s.offset[2];
    found.from[at] = w.x + (((n * w.size[0] + iz) * w.size[1] + iy) * w.size[2] + s.offset[2]) * w.pixel;
    found.tap[at] = k;
    const i64 first = s.offset[2] < 0 ? ceil_div(-s.offset[2], w.step[2]) : 0;
    const i64 end = left > 0 ? ceil_div(left, w.step[2]) : 0;
    found.first[at] = smaller(first, w.places[2]);
    found.end[at] = smaller(end, w.places[2]);
    if (found.first[at] > found.inner) found.inner = found.first[at];
    if (found.end[at] < found.outer) found.outer = found.end[at];
  }
  if (found.outer < found.inner) found.outer = found.inner;
}

void convolve_line(const Depthwise& d, const Line& line, const float* weights, const float* b, bool more, i64 places,
                   float* y, i64 step) {
  const i64 pixel = d.windows.step[2] * d.windows.pixel;
  for (i64 c = 0; c < d.channels; c += VL) {
    const i64 n = smaller(VL, d.channels - c);
    const v start = b ? read(b + c, n) : v{};
    for (i64 x = 0; x < places;) {
      if (n == VL && !more && x >= line.inner && x + SIDE <= line.outer) {
        v sum[SIDE];
        for (int j = 0; j < SIDE; ++j) sum[j] = start;
        for (i64 k = 0; k < line.count; ++k) {
          const v w = load(weights + d.index[line.tap[k]] * d.channels + c);
          const float* from = line.from[k] + x * pixel + c;
          for (int j = 0; j < SIDE; ++j) sum[j] += load(from + j * pixel) * w;
        }
        for (int j = 0; j < SIDE; ++j) store(y + (x + j) * step + c, sum[j]);
        x += SIDE;
        continue;
      }
      v sum = more ? read(y + x * step + c, n) : start;
      for (i64 k = 0; k < line.count; ++k)
        if (x >= line.first[k] && x < line.end[k])
          sum += read(line.from[k] + x * pixel + c, n) * read(weights + d.index[line.tap[k]] * d.channels + c, n);
      write(y + x * step + c, sum, n);
      ++x;
    }
  }
}

void convolve(const Depthwise& d, const Targets& t, const float* weights, const float* b, i64 from, i64 to) {
  Line line;
  for (i64 l = from; l < to; ++l) {
    const i64 planes = l / t.places[1], n = planes / t.places[0];
    const i64 z = t.base[0] + planes % t.places[0] * t.step[0], y = t.base[1] + l % t.places[1] * t.step[1];
    float* out = t.y + (((n * t.size[0] + z) * t.size[1] + y) * t.size[2] + t.base[2]) * t.pixel;
    for (i64 skip = 0; skip < d.count; skip += kMostTaps) {
      find_line(d, l, skip, line);
      convolve_line(d, line, weights, b, skip > 0, t.places[2], out, t.step[2] * t.pixel);
    }
  }
}

// The sums of TAPS taps from the k-th of a line on, over its places.
template <int TAPS>
INLINE void sum_line(const Depthwise& d, const Line& line, i64 k, const float* dy, i64 c, i64 n, float* sums) {
  const i64 pixel = d.windows.step[2] * d.windows.pixel;
  v sum[TAPS];
  for (int j = 0; j < TAPS; ++j) sum[j] = v{};
  for (i64 x = line.inner; x < line.outer; ++x) {
    const v g = read(dy + x * d.channels + c, n);
    for (int j = 0; j < TAPS; ++j) sum[j] += read(line.from[k + j] + x * pixel + c, n) * g;
  }
  for (int j = 0; j < TAPS; ++j) {
    for (i64 x = line.first[k + j]; x < line.end[k + j]; ++x) {
      if (x == line.inner) x = line.outer;
      if (x >= line.end[k + j]) break;
      sum[j] += read(line.from[k + j] + x * pixel + c, n) * read(dy + x * d.channels + c, n);
    }
    float* to = sums + line.tap[k + j] * d.channels + c;
    write(to, read(to, n) + sum[j], n);
  }
}

void sum_windows(const Depthwise& d, const float* dy, i64 from, i64 to, float* sums) {
  Line line;
  for (i64 i = 0; i < d.count * d.channels; i += VL) write(sums + i, v{}, smaller(VL, d.count * d.channels - i));
  for (i64 l = from; l < to; ++l) {
    const float* g = dy + l * d.windows.places[2] * d.channels;
    for (i64 skip = 0; skip < d.count; skip += kMostTaps) {
      find_line(d, l, skip, line);
      for (i64 c = 0; c < d.channels; c += VL) {
        const i64 n = smaller(VL, d.channels - c);
        i64 k = 0;
        for (; k + SIDE <= line.count; k += SIDE) sum_line<SIDE>(d, line, k, g, c, n, sums);
        for (; k < line.count; ++k) sum_line<1>(d, line, k, g, c, n, sums);
      }
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(DepthwiseKernels, depthwise_kernels) = {convolve, sum_windows};
