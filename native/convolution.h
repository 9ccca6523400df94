// Convolution over three axes of space (fewer are axes of one place), channels last: x is (samples, *size, in),
// y (samples, *places, out), W (out, in / groups, *kernel).
#pragma once

#include "isa.h"

namespace pellucid {

struct Convolution {
  i64 samples, groups, in, out;  // channels of all groups together
  i64 size[3], kernel[3], places[3], stride[3], padding[3], dilation[3];
};

void run_convolve(const Convolution& c, const float* x, const float* W, const float* b, float* y);
void run_convolve_dx(const Convolution& c, const float* dy, const float* W, float* dx);
void run_convolve_dW(const Convolution& c, const float* x, const float* dy, float* dW);

// out (columns,) = the sum of the rows of x (rows, columns).
void run_sum_rows(const float* x, i64 rows, i64 columns, float* out);

// out (samples, columns, rows) from x (samples, rows, columns).
void run_turn(const float* x, i64 samples, i64 rows, i64 columns, float* out);

// Windows over x (samples, *size, pixel): along an axis the t-th of `places` windows begins at t * step, and a tap lies
// at an offset from there, which may be outside of x, where zeros are.
struct Windows {
  const float *x, *end;
  i64 pixel;
  i64 size[3], places[3], step[3];
};

// Neighbouring taps along the last axis: so many places from an offset on.
struct Stretch {
  i64 offset[3], length;
};

constexpr i64 kWide = 448;  // numbers of a window gathered at once: what one pass of the product takes

// What is gathered at once: some stretches, and of each place some channels.
struct Slab {
  const Stretch* stretches;
  i64 count, channel, channels;
};

// Places of y (samples, *size, pixel) that windows write to: along an axis the t-th of `places` is base + t * step.
struct Targets {
  float* y;
  i64 pixel;
  i64 size[3], places[3], base[3], step[3];
};

// The order of weights: W (outs, channels, taps), whose outputs lie `stride` apart, and where tap t goes, which is -1 for
// taps that are left out.
struct Weights {
  const float* W;
  i64 outs, channels, taps, stride;
  const i64* rank;
};

struct ConvolutionKernels {
  // A (count, row): the slab's numbers of the windows from `first` on, one stretch after the other. Writes up to 15
  // floats behind the last row.
  void (*gather)(const Windows& w, const Slab& slab, i64 first, i64 count, float* A, i64 row);
  // The columns of C (count, columns) are put at the targets from `first` on.
  void (*scatter)(const Targets& t, i64 first, i64 count, const float* C, i64 columns);
  // B (ranks * channels, outs): B[rank c, o] = W[o, c, tap], for the outputs from .. to.
  void (*pack)(const Weights& w, i64 from, i64 to, float* B);
  // B (ranks * outs, channels): B[rank o, c] = W[o, c, tap], for the outputs from .. to.
  void (*pack_turned)(const Weights& w, i64 from, i64 to, float* B);
  // Some columns of x (rows, columns) become rows of out (columns, rows).
  void (*turn)(const float* x, i64 rows, i64 columns, i64 from, i64 to, float* out);
  // dW (outs, channels, taps) = the sum of so many B, as `pack` lays them out, for the outputs from .. to.
  void (*unpack)(const Weights& w, i64 from, i64 to, const float* B, i64 parts, i64 part, float* dW);
};
PELLUCID_DECLARE_TABLE(ConvolutionKernels, convolution_kernels)

}  // namespace pellucid
