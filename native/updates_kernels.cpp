// Updates of parameters: one pass, each element read and written once, where NumPy makes about ten passes.
//
// Plain loops over contiguous memory that the compiler turns into vectors; the arrays do not overlap (the binding
// checks it), and what does not change within the loop is decided before it. Compiled without fused products, in the order of
// optim's formulas, so that each element has the bits that NumPy gives (denormal numbers apart). Speed is that of memory for large
// parameters, and of division and square root for those that stay in the caches.
#include "updates.h"

namespace {

using pellucid::Adam;
using pellucid::AdamLeaf;
using pellucid::Rmsprop;
using pellucid::RmspropLeaf;
using pellucid::Sgd;
using pellucid::SgdLeaf;
using pellucid::i64;

// Without decay p is left out altogether: 0 times infinity would be NaN.
template <bool DECAY>
inline float gradient(float g, float p, float sign, float weight_decay) {
  return DECAY ? sign * g + weight_decay * p : sign * g;
}

enum class Velocity { none, plain, nesterov };

template <bool DECAY, Velocity VELOCITY>
void sgd_loop(const Sgd& how, const SgdLeaf& leaf, i64 from, i64 to) {
  float *__restrict p = leaf.p, *__restrict b = leaf.b;
  const float* __restrict g = leaf.g;
  const Sgd h = how;
  for (i64 i = from; i < to; ++i) {
    float d = gradient<DECAY>(g[i], p[i], h.sign, h.weight_decay);
    if (VELOCITY != Velocity::none) {
      b[i] = h.momentum * b[i] + h.keep * d;
      d = VELOCITY == Velocity::nesterov ? d + h.momentum * b[i] : b[i];
    }
    p[i] -= h.lr * d;
  }
}

template <bool DECAY>
void sgd_decayed(const Sgd& how, const SgdLeaf& leaf, i64 from, i64 to) {
  if (!leaf.b) return sgd_loop<DECAY, Velocity::none>(how, leaf, from, to);
  if (how.nesterov) return sgd_loop<DECAY, Velocity::nesterov>(how, leaf, from, to);
  sgd_loop<DECAY, Velocity::plain>(how, leaf, from, to);
}

void sgd(const Sgd& how, const SgdLeaf& leaf, i64 from, i64 to) {
  if (how.weight_decay != 0) return sgd_decayed<true>(how, leaf, from, to);
  sgd_decayed<false>(how, leaf, from, to);
}

template <bool DECAY, bool CENTERED, bool VELOCITY>
void rmsprop_loop(const Rmsprop& how, const RmspropLeaf& leaf, i64 from, i64 to) {
  float *__restrict p = leaf.p, *__restrict v = leaf.v, *__restrict mean = leaf.mean, *__restrict b = leaf.b;
  const float* __restrict g = leaf.g;
  const Rmsprop h = how;
  for (i64 i = from; i < to; ++i) {
    float d = gradient<DECAY>(g[i], p[i], h.sign, h.weight_decay);
    v[i] = h.alpha * v[i] + h.keep * (d * d);
    float variance = v[i];
    if (CENTERED) {
      mean[i] += h.keep * (d - mean[i]);
      variance -= mean[i] * mean[i];
    }
    d /= __builtin_sqrtf(variance) + h.eps;
    if (VELOCITY) d = b[i] = h.momentum * b[i] + d;
    p[i] -= h.lr * d;
  }
}

template <bool DECAY, bool CENTERED>
void rmsprop_centered(const Rmsprop& how, const RmspropLeaf& leaf, i64 from, i64 to) {
  if (leaf.b) return rmsprop_loop<DECAY, CENTERED, true>(how, leaf, from, to);
  rmsprop_loop<DECAY, CENTERED, false>(how, leaf, from, to);
}

template <bool DECAY>
void rmsprop_decayed(const Rmsprop& how, const RmspropLeaf& leaf, i64 from, i64 to) {
  if (leaf.mean) return rmsprop_centered<DECAY, true>(how, leaf, from, to);
  rmsprop_centered<DECAY, false>(how, leaf, from, to);
}

void rmsprop(const Rmsprop& how, const RmspropLeaf& leaf, i64 from, i64 to) {
  if (how.weight_decay != 0) return rmsprop_decayed<true>(how, leaf, from, to);
  rmsprop_decayed<false>(how, leaf, from, to);
}

template <bool DECAY>
void adam_loop(const Adam& how, const AdamLeaf& leaf, i64 from, i64 to) {
  float *__restrict p = leaf.p, *__restrict m = leaf.m, *__restrict v = leaf.v;
  const float* __restrict g = leaf.g;
  const float eps = leaf.eps, lr = leaf.lr;
  const Adam h = how;
  for (i64 i = from; i < to; ++i) {
    const float d = gradient<DECAY>(g[i], p[i], h.sign, h.weight_decay);
    m[i] += h.keep1 * (d - m[i]);
    v[i] = h.beta2 * v[i] + h.keep2 * (d * d);
    p[i] = h.shrink * p[i] - lr * (m[i] / (__builtin_sqrtf(v[i]) + eps));
  }
}

void adam(const Adam& how, const AdamLeaf& leaf, i64 from, i64 to) {
  if (how.weight_decay != 0) return adam_loop<true>(how, leaf, from, to);
  adam_loop<false>(how, leaf, from, to);
}

}  // namespace

PELLUCID_DEFINE_TABLE(UpdateKernels, update_kernels) = {sgd, rmsprop, adam};
