// The largest of every window of max(convolution, 0), as one task, and its gradients: channels last, as convolution.h.
//
// A window passes its gradient on to one place of the convolution, or to none where nothing in it is above 0. So of the
// places of the convolution, which are four times as many as the windows or more, most need no product at all.
#pragma once

#include "convolution.h"

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

// Lines of windows: each has `places` windows of rows x width places of the convolution, whose columns are outputs.
struct WindowLines {
  i64 rows, width, places, columns;
  i64 stride;  // of the convolution's rows: the columns, and what is missing to whole vectors
};

// Where the elements of windows find their patch of x, counted in floats from the patch of the first: line, window and
// element within it.
struct Patches {
  i64 line, window, row, step;
};

// A patch of x: rows that lie `line` apart, of `length` floats each. In sums and weights the rows lie `stride` apart, a
// number of whole vectors; behind `length` weights hold zeros, and sums what nobody reads.
struct Patch {
  i64 rows, line, length, stride;
};

// The windows that chose an element: where their patches of x begin, and dy.
struct Chosen {
  const std::int32_t* at;
  const float* dy;
  i64 count;
};

struct PooledConvolutionKernels {
  // C (rows * places * width, stride) of a line of windows = b + the sum over taps of x times B (taps, stride); tap t
  // lies at taps[t] floats from where a place's patch begins, and b has whole vectors too.
  void (*convolve)(const WindowLines& w, const Patches& p, const i64* taps, i64 count, const float* x, const float* B,
                   const float* b, float* C);
  // C (lines * rows * places * width, stride) is the convolution.
  void (*pool)(const WindowLines& w, i64 lines, const float* C, float* y, std::int32_t* which);
  // For one column of `lines` lines of windows: writes the windows that chose one; returns how many there are.
  i64 (*choose)(const WindowLines& w, const Patches& p, i64 lines, const float* dy, const std::int32_t* which,
                std::int32_t* at, float* chosen);
  // sums += the sum of dy times the patches of x
  void (*sum_patches)(const Patch& patch, const Chosen& chosen, const float* x, float* sums);
  // the patches of dx += dy times the weights
  void (*add_patches)(const Patch& patch, const Chosen& chosen, const float* weights, float* dx);
  // sums (taps, columns) += the sum of x times dy over the places of the lines, tap t at taps[t] floats from a patch
  void (*sum_taps)(const WindowLines& w, const Patches& p, i64 lines, const i64* taps, i64 count, const float* x,
                   const float* dy, const std::int32_t* which, float* sums);
  // sums (columns) += dy of the windows that chose one
  void (*sum_chosen)(const float* dy, const std::int32_t* which, i64 rows, i64 columns, float* sums);
  i64 lanes;  // floats of a vector
};
PELLUCID_DECLARE_TABLE(PooledConvolutionKernels, pooled_convolution_kernels)

}  // namespace pellucid
