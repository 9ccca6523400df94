// Means of losses between numbers, element by element, and their gradients.
#pragma once

#include "isa.h"

namespace pellucid {

// x, t, dx: (n,). A sum is that of the losses; `fits` becomes false when a probability lies outside [0, 1].
typedef double (*LossSum)(i64 n, const float* x, const float* t, bool* fits);
typedef void (*LossGradient)(i64 n, const float* x, const float* t, float dl, float* dx);  // dl: that of every element

struct LossKernels {
  LossSum mse, bce, bce_with_logits;
  LossGradient mse_backward, bce_backward, bce_with_logits_backward;
};
PELLUCID_DECLARE_TABLE(LossKernels, loss_kernels)

// Whole tasks; the mean is NaN where there are no elements, and false is returned where a probability does not fit.
bool run_mean_loss(LossSum sum, i64 n, const float* x, const float* t, float* mean);
void run_loss_gradient(LossGradient gradient, i64 n, const float* x, const float* t, float dl, float* dx);

}  // namespace pellucid
