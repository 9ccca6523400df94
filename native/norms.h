// Normalisation of the rows of a matrix (layer norm, RMS norm), scaled and shifted, both ways.
#pragma once

#include "isa.h"

namespace pellucid {

// Not centred, rows are taken as if their mean were 0, in both directions: that is RMS norm.
// y = (x - mean) rstd w + b, with rstd = 1 / sqrt(var + eps); x, y: (rows, columns). mean, var and rstd have one number
// for each row; w and b, either of which may be null, have one for each column.
struct Norm {
  i64 rows, columns;
  bool centred;
  const float *x, *w, *b;
  float eps;
  float *y, *mean, *var, *rstd;
};

// dx = rstd (dx_hat - mean(dx_hat) - x_hat mean(dx_hat x_hat)) with x_hat = (x - mean) rstd and dx_hat = dy w;
// dw = sum dy x_hat and db = sum dy over the rows.
struct NormGradient {
  i64 rows, columns;
  bool centred;
  const float *x, *mean, *rstd, *w, *dy;
  float *dx, *dw, *db;
};

struct NormKernels {
  void (*of_rows)(const Norm& n);
  void (*of_rows_backward)(const NormGradient& n, float* sums);    // sums (2, columns): dw and db of these rows
};
PELLUCID_DECLARE_TABLE(NormKernels, norm_kernels)

// Whole tasks: rows are cut into chunks.
void run_norm(const Norm& n);
void run_norm_backward(const NormGradient& n);

}  // namespace pellucid
