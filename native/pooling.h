// Pooling over three axes of space (fewer are axes of one place), channels last: x is (samples, *size, channels),
// y (samples, *places, channels).
#pragma once

#include "isa.h"

namespace pellucid {

// Element k of the window at place o lies, along each axis, at o stride - padding + k dilation.
struct Pooling {
  i64 samples, channels;
  i64 size[3], places[3], window[3], stride[3], padding[3], dilation[3];
};

// `which` of the window's elements, counted row by row, is the largest; -1 in a window without elements.
void run_max_pool(const Pooling& p, const float* x, float* y, std::int32_t* which);
void run_max_pool_backward(const Pooling& p, const float* dy, const std::int32_t* which, float* dx);
// Sums divided by the count that each place has.
void run_avg_pool(const Pooling& p, const float* x, const float* count, float* y);
void run_avg_pool_backward(const Pooling& p, const float* dy, const float* count, float* dx);

struct PoolingKernels {
  // For the lines (samples * places[0] * places[1]) of y from .. to.
  void (*max_pool)(const Pooling& p, const float* x, i64 from, i64 to, float* y, std::int32_t* which);
  void (*avg_pool)(const Pooling& p, const float* x, const float* count, i64 from, i64 to, float* y);
  // For the channels from .. to of one sample.
  void (*max_pool_backward)(const Pooling& p, const float* dy, const std::int32_t* which, i64 sample, i64 from, i64 to,
                            float* dx);
  void (*avg_pool_backward)(const Pooling& p, const float* dy, const float* count, i64 sample, i64 from, i64 to,
                            float* dx);
};
PELLUCID_DECLARE_TABLE(PoolingKernels, pooling_kernels)

}  // namespace pellucid
