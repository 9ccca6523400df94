// One sample of x in memory of its own, with its padding: where windows find their numbers.
#pragma once

#include <algorithm>
#include <vector>

#include "convolution_taps.h"
#include "few_taps.h"

namespace pellucid {

// A sample with its padding, and where patches lie in it. Samples are copied to a field also where there is no padding:
// NumPy's arrays begin anywhere, and a vector that crosses cache lines costs twice.
struct Field {
  i64 size[3];  // with padding
  Patches patches;
  Patch patch;  // of one plane of the kernel
  i64 plane, deep;  // floats between planes of the field, and between the places of windows along the first axis

  // For windows of rows x width places of the convolution.
  Field(const Convolution& c, i64 rows, i64 width, i64 lanes) {
    for (int i = 0; i < 3; ++i) size[i] = c.size[i] + 2 * c.padding[i];
    const i64 line = size[2] * c.in;
    plane = size[1] * line;
    deep = c.stride[0] * plane;
    patches.row = c.stride[1] * line;
    patches.step = c.stride[2] * c.in;
    patches.line = rows * patches.row;
    patches.window = width * patches.step;
    patch.rows = c.kernel[1];
    patch.line = c.dilation[1] * line;
    patch.length = c.kernel[2] * c.in;
    patch.stride = ceil_of(patch.length, lanes) * lanes;
  }
  // Whole vectors may be read and written at the end.
  i64 floats(i64 lanes) const { return ceil_of(size[0] * plane, lanes) * lanes + lanes; }
};

// Calls work(place in the sample, place in the field) for each line of x.
template <typename F>
void each_line(const Convolution& c, const Field& f, const F& work) {
  for (i64 z = 0; z < c.size[0]; ++z)
    for (i64 y = 0; y < c.size[1]; ++y)
      work((z * c.size[1] + y) * c.size[2] * c.in,
           (z + c.padding[0]) * f.plane + ((y + c.padding[1]) * f.size[2] + c.padding[2]) * c.in);
}

// Copies a sample into a field, whose padding is zeros already.
inline void enter(const Convolution& c, const Field& f, const float* x, float* field) {
  each_line(c, f, [&](i64 own, i64 there) {
    std::copy(x + own, x + own + c.size[2] * c.in, field + there);
  });
}

// Where in a field the numbers of a window lie, from where its patch begins, in the order of B's rows.
inline std::vector<i64> tap_offsets(const Convolution& c, const Field& f) {
  std::vector<i64> offsets;
  for (i64 z = 0; z < c.kernel[0]; ++z)
    for (i64 y = 0; y < c.kernel[1]; ++y)
      for (i64 x = 0; x < c.kernel[2]; ++x)
        for (i64 channel = 0; channel < c.in; ++channel)
          offsets.push_back(z * c.dilation[0] * f.plane + y * f.patch.line + x * c.dilation[2] * c.in + channel);
  return offsets;
}

}  // namespace pellucid
