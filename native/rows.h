// Softmax, its logarithm, and the cross-entropy: what is computed along the rows of a matrix.
#pragma once

#include "isa.h"

namespace pellucid {

// Cross-entropy of logits z (rows, columns) with the class t of each row. `shift` (2, rows) holds each row's largest
// logit m and log sum e^(z - m), from which the gradient is computed anew: nothing of z's size is kept.
struct CrossEntropy {
  i64 rows, columns;
  const float* z;
  const std::int64_t* t;
  float* m;
  float* log_sum;
};

// x, y, dy, dx: (rows, columns), contiguous. Each needs `scratch(columns)` floats of scratch.
typedef void (*RowMap)(i64 rows, i64 columns, const float* x, float* y, float* scratch);
typedef void (*RowGradient)(i64 rows, i64 columns, const float* y, const float* dy, float* dx, float* scratch);

struct RowKernels {
  RowMap softmax, log_softmax;
  RowMap logsumexp;  // y: (rows,)
  RowGradient softmax_backward, log_softmax_backward;
  // Fills m and log_sum, and losses (rows,); false when a class is out of range.
  bool (*cross_entropy)(const CrossEntropy& c, float* losses, float* scratch);
  // dz = (softmax(z) - onehot(t)) dy, with dy (rows,), or one number for all where dy is null.
  bool (*cross_entropy_backward)(const CrossEntropy& c, const float* dy, float dy_of_all, float* dz, float* scratch);
  i64 (*scratch)(i64 columns);
  i64 unit;  // rows that are worked on side by side: cuts are multiples of it
};
PELLUCID_DECLARE_TABLE(RowKernels, row_kernels)

// Whole tasks, cut along the rows. `width` is the number of floats of y for each row of x.
void run_rows(RowMap map, i64 rows, i64 columns, const float* x, float* y, i64 width);
void run_row_gradient(RowGradient gradient, i64 rows, i64 columns, const float* y, const float* dy, float* dx);
bool run_cross_entropy(const CrossEntropy& c, float* losses);  // false when a class is out of range
bool run_mean_cross_entropy(const CrossEntropy& c, float* mean);
bool run_cross_entropy_backward(const CrossEntropy& c, const float* dy, float dy_of_all, float* dz);

}  // namespace pellucid
