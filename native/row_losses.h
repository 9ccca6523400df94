// What each row costs, means in which rows have weights, and the penalty of weight decay: the losses of steps whose
// rows do not count alike. They are made of the kernels of losses.h and clipping.h, and so have none of their own.
#pragma once

#include <vector>

#include "clipping.h"
#include "losses.h"

namespace pellucid {

// x, t (rows, columns), of which each row's elements cost `factor` times what the kernel says.
struct RowLoss {
  i64 rows, columns;
  const float* x;
  const float* t;
  float factor;
};

bool run_row_losses(LossSum sum, const RowLoss& r, float* losses);  // (rows,); false where a probability does not fit
void run_row_loss_gradient(LossGradient gradient, const RowLoss& r, const float* dl, float* dx);  // dl (rows,)

// mean = sum w l / sum w and shares = w / sum w, where w is null for equal weights.
void run_weighted_mean(i64 n, const float* l, const float* w, float* mean, float* shares);

// out = loss + factor times the sum of squares of all leaves.
void run_add_squares(const std::vector<ClipLeaf>& leaves, const float* loss, float factor, float* out);

}  // namespace pellucid
