// Depthwise convolution: every channel is a group of its own, and no product of matrices.
#pragma once

#include "convolution.h"

namespace pellucid {

inline bool is_depthwise(const Convolution& c) { return c.groups == c.in && c.groups == c.out && c.groups > 1; }

void run_depthwise(const Convolution& c, const float* x, const float* W, const float* b, float* y);
void run_depthwise_dx(const Convolution& c, const float* dy, const float* W, float* dx);
void run_depthwise_dW(const Convolution& c, const float* x, const float* dy, float* dW);

// Taps of windows over `channels` channels; tap k has its weights in row index[k] of `weights` (taps, channels).
struct Depthwise {
  Windows windows;
  const Stretch* taps;
  const i64* index;
  i64 count, channels;
};

struct DepthwiseKernels {
  // y at the targets = [b +] the sum over taps of x times weights, for the lines of targets from .. to.
  void (*convolve)(const Depthwise& d, const Targets& t, const float* weights, const float* b, i64 from, i64 to);
  // sums (taps, channels) = the sum of x at the windows times dy (places in order), for the lines from .. to.
  void (*sums)(const Depthwise& d, const float* dy, i64 from, i64 to, float* sums);
};
PELLUCID_DECLARE_TABLE(DepthwiseKernels, depthwise_kernels)

}  // namespace pellucid
