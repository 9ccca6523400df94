// Normalisation of the rows (layer norm, RMS norm) or the columns (batch norm) of a matrix, scaled and shifted, both ways.
#pragma once

#include "isa.h"

namespace pellucid {

// Not centred, rows are taken as if their mean were 0, in both directions: that is RMS norm.
// y = (x - mean) rstd w + b, with rstd = 1 / sqrt(var + eps); x, y: (rows, columns). mean, var and rstd have one number
// for each row, or for each column; w and b, either of which may be null, have one for each column.
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
  void (*of_columns)(const Norm& n, i64 from, i64 to);             // of the columns from ... to - 1
  void (*of_rows_backward)(const NormGradient& n, float* sums);    // sums (2, columns): dw and db of these rows
  void (*of_columns_backward)(const NormGradient& n, i64 from, i64 to);
};
PELLUCID_DECLARE_TABLE(NormKernels, norm_kernels)

// Whole tasks: rows, or columns, are cut into chunks.
void run_norm(const Norm& n, bool of_rows);
void run_norm_backward(const NormGradient& n, bool of_rows);

}  // namespace pellucid
