// Updates of all parameters at once: what optimizers do at the end of a step.
//
// The letters are those of the optimizers in src/pellucid/optim, which say where each formula comes from.
#pragma once

#include <vector>

#include "isa.h"

namespace pellucid {

// One parameter p with its gradient g, both of `size` floats, and what its optimizer remembers of it.
struct SgdLeaf {
  i64 size;
  float* p;
  const float* g;
  float* b;  // the velocity; null where there is no momentum
};
struct Sgd {
  float lr, momentum, keep;  // keep = 1 - dampening
  float weight_decay, sign;  // sign = -1 to climb
  bool nesterov;
};

struct RmspropLeaf {
  i64 size;
  float* p;
  const float* g;
  float *v, *mean, *b;  // mean is null unless centered, b where there is no momentum
};
struct Rmsprop {
  float lr, alpha, keep;  // keep = 1 - alpha
  float eps, weight_decay, momentum, sign;
};

struct AdamLeaf {
  i64 size;
  float* p;
  const float* g;
  float *m, *v;
  i64 step;       // the number of this update
  float eps, lr;  // both with the bias correction of that number
};
struct AdamNumbers {
  double beta1, beta2, eps, weight_decay;
  bool decoupled;
  float sign;
};
struct Adam {
  float keep1, beta2, keep2;  // keep = 1 - beta
  float weight_decay, shrink, sign;  // shrink = 1 - lr decay, decoupled; 1 otherwise
};

// Each works on the elements from .. to-1 of one parameter.
struct UpdateKernels {
  void (*sgd)(const Sgd& how, const SgdLeaf& leaf, i64 from, i64 to);
  void (*rmsprop)(const Rmsprop& how, const RmspropLeaf& leaf, i64 from, i64 to);
  void (*adam)(const Adam& how, const AdamLeaf& leaf, i64 from, i64 to);
};
PELLUCID_DECLARE_TABLE(UpdateKernels, update_kernels)

// The learning rate comes apart from the other numbers, because schedules change it; `later` is how many updates
// after those that the leaves' numbers name.
void run_sgd(Sgd how, const std::vector<SgdLeaf>& leaves, double lr);
void run_rmsprop(Rmsprop how, const std::vector<RmspropLeaf>& leaves, double lr);
void run_adam(const AdamNumbers& numbers, std::vector<AdamLeaf> leaves, double lr, i64 later);

}  // namespace pellucid
