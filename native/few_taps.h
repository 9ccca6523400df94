// Convolutions whose windows hold few numbers, as those of a picture's one or three channels: vectors of outputs, and no
// matrix of windows, which would take longer to write than to multiply.
#pragma once

#include "convolution.h"

namespace pellucid {

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

struct FewTapsKernels {
  // C (rows * places * width, stride) of a line of windows = b + the sum over taps of x times B (taps, stride); tap t
  // lies at taps[t] floats from where a place's patch begins, and b has whole vectors too.
  void (*convolve)(const WindowLines& w, const Patches& p, const i64* taps, i64 count, const float* x, const float* B,
                   const float* b, float* C);
  // sums (taps, columns) += the sum of x times dy over the places of the lines; `which` of the elements of a window dy
  // belongs to, or null where a window is one place.
  void (*sum)(const WindowLines& w, const Patches& p, i64 lines, const i64* taps, i64 count, const float* x,
              const float* dy, const std::int32_t* which, float* sums);
  i64 lanes;  // floats of a vector
};
PELLUCID_DECLARE_TABLE(FewTapsKernels, few_taps_kernels)

// Whether a window has more than one place, and its numbers are too few to fill vectors.
bool few_taps(const Convolution& c);

// With dy of every place.
void run_few_taps(const Convolution& c, const float* x, const float* W, const float* b, float* y);
void run_few_taps_dW(const Convolution& c, const float* x, const float* dy, float* dW);

}  // namespace pellucid
