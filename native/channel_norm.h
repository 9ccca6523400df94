// Normalisation of the columns of a matrix (batch norm of channels that lie last), scaled and shifted, both ways.
#pragma once

#include "isa.h"

namespace pellucid {

// y = (x - mean) rstd w + b, with rstd = 1 / sqrt(var + eps); x, y: (rows, columns); the others have one number for each
// column, and w and b may be null.
struct ChannelNorm {
  i64 rows, columns;
  const float *x, *w, *b;
  float eps;
  float *y, *mean, *var, *rstd;
};

// dx = rstd w (dy - db / rows - x_hat dw / rows), with x_hat = (x - mean) rstd, dw = sum dy x_hat and db = sum dy.
struct ChannelNormGradient {
  i64 rows, columns;
  const float *x, *mean, *rstd, *w, *dy;
  float *dx, *dw, *db;
};

// A part of a matrix, row by row.
struct Columns {
  i64 rows, width;
  const float *x, *dy;
  float* out;
};

struct ChannelNormKernels {
  i64 lanes;  // columns of a whole vector: widths that are multiples of it are fastest
  // The mean of each column, and the sum of squares about it.
  void (*moments)(const Columns& c, float* mean, float* squares);
  // out = (x - mean) factor + shift.
  void (*scale)(const Columns& c, const float* mean, const float* factor, const float* shift);
  // The sums of dy, and of dy (x - mean).
  void (*sums)(const Columns& c, const float* mean, float* of_dy, float* along);
  // out = factor (dy - centre - (x - mean) along).
  void (*slopes)(const Columns& c, const float* mean, const float* factor, const float* centre, const float* along);
};
PELLUCID_DECLARE_TABLE(ChannelNormKernels, channel_norm_kernels)

// Whole tasks: rows are cut into chunks.
void run_channel_norm(const ChannelNorm& n);
void run_channel_norm_backward(const ChannelNormGradient& n);
void run_channel_scale(const Columns& c, const float* mean, const float* factor, const float* shift);

}  // namespace pellucid
