// The length of all gradients together, and all of them shortened.
#pragma once

#include <vector>

#include "isa.h"

namespace pellucid {

struct ClipLeaf {
  i64 size;
  const float* x;
  float* out;  // null where nothing is written
};

struct ClippingKernels {
  double (*squares)(const float* x, i64 n);  // the sum of squares
  void (*scale)(const float* x, float factor, float* out, i64 n);
};
PELLUCID_DECLARE_TABLE(ClippingKernels, clipping_kernels)

double run_norm(const std::vector<ClipLeaf>& leaves);
// The factor min(1, max_norm / (total + 1e-6)), NaN where the total is; the total rounds to float32 as it is shown.
double clipping_factor(double total, double max_norm);
void run_copy(const std::vector<ClipLeaf>& leaves);
void run_scale(const std::vector<ClipLeaf>& leaves, float factor);

}  // namespace pellucid
