// The largest of every window of max(convolution, 0), as one task, and its gradients: channels last, as convolution.h.
//
// A window passes its gradient on to one place of the convolution, or to none where nothing in it is above 0. So of the
// places of the convolution, which are four times as many as the windows or more, most need no product at all.
#pragma once

#include "few_taps.h"

namespace pellucid {

// Windows lie side by side, and have one place along the first of the three axes. The convolution has one group.
struct PooledConvolution {
  Convolution c;
  i64 window[3], pooled[3];  // the size of a window, and how many there are
};

// y (samples, *pooled, out); `which` of a window's elements, counted row by row, is the largest, -1 for none above 0.
void run_convolve_relu_pool(const PooledConvolution& p, const float* x, const float* W, const float* b, float* y,
                            std::int32_t* which);
// dx, dW, db: those that are not null.
void run_convolve_relu_pool_backward(const PooledConvolution& p, const float* x, const float* W, const float* dy,
                                     const std::int32_t* which, float* dx, float* dW, float* db);

// The windows that chose an element: where their patches of x begin, and dy.
struct Chosen {
  const std::int32_t* at;
  const float* dy;
  i64 count;
};

struct PooledConvolutionKernels {
  // C (lines * rows * places * width, stride) is the convolution.
  void (*pool)(const WindowLines& w, i64 lines, const float* C, float* y, std::int32_t* which);
  // For one column of `lines` lines of windows: writes the windows that chose one; returns how many there are.
  i64 (*choose)(const WindowLines& w, const Patches& p, i64 lines, const float* dy, const std::int32_t* which,
                std::int32_t* at, float* chosen);
  // sums += the sum of dy times the patches of x
  void (*sum_patches)(const Patch& patch, const Chosen& chosen, const float* x, float* sums);
  // the patches of dx += dy times the weights
  void (*add_patches)(const Patch& patch, const Chosen& chosen, const float* weights, float* dx);
  // sums (columns) += dy of the windows that chose one
  void (*sum_chosen)(const float* dy, const std::int32_t* which, i64 rows, i64 columns, float* sums);
  i64 lanes;  // floats of a vector
};
PELLUCID_DECLARE_TABLE(PooledConvolutionKernels, pooled_convolution_kernels)

}  // namespace pellucid
