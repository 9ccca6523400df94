// Mean squared error and binary cross-entropy: one pass over the elements, forward and backward.
//
// Sums run in single precision over 64 vectors, whose sums are added in double precision: the error does not grow
// with the number of elements.
#include "losses.h"

#include "vecmath.h"

namespace {

// The sum of f(x, t) over all elements.
template <typename F>
INLINE double sum(i64 n, const float* x, const float* t, const F& f) {
  double total = 0;
  for (i64 i = 0; i < n;) {
    const i64 end = smaller(i + 64 * VL, n);
    v run = {};
    for (; i + VL <= end; i += VL) run += f(load(x + i), load(t + i));
    if (i < end) {
      v rest = f(load_part(x + i, end - i), load_part(t + i, end - i));
      for (i64 lane = end - i; lane < VL; ++lane) rest[lane] = 0;
      run += rest;
      i = end;
    }
    float lanes[VL];
    store(lanes, run);
    for (int half = VL / 2; half; half /= 2)
      for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    total += static_cast<double>(lanes[0]);
  }
  return total;
}

template <typename F>
INLINE void each(i64 n, const float* x, const float* t, float* dx, const F& f) {
  i64 i = 0;
  for (; i + VL <= n; i += VL) store(dx + i, f(load(x + i), load(t + i)));
  if (i < n) store_part(dx + i, f(load_part(x + i, n - i), load_part(t + i, n - i)), n - i);
}

INLINE vi outside_unit(v p) { return (p < 0) | (p > 1); }  // a NaN is let through, and makes the loss NaN

INLINE bool any(vi mask) {
  std::int32_t found = 0;
  for (int lane = 0; lane < VL; ++lane) found |= mask[lane];
  return found != 0;
}

// l = (x - t)^2
double mse(i64 n, const float* x, const float* t, bool*) {
  return sum(n, x, t, [](v a, v b) { return (a - b) * (a - b); });
}

// dx = 2 (x - t) dl
void mse_backward(i64 n, const float* x, const float* t, float dl, float* dx) {
  each(n, x, t, dx, [&](v a, v b) { return (a - b) * (2 * dl); });
}

// l = -t log x - (1 - t) log(1 - x), the logarithms at least -100
double bce(i64 n, const float* x, const float* t, bool* fits) {
  vi outside = {};
  const double total = sum(n, x, t, [&](v a, v b) {
    outside |= outside_unit(a) | outside_unit(b);
    return -(b * at_least(log(a), -100) + (1 - b) * at_least(log1p(-a), -100));
  });
  *fits = !any(outside);
  return total;
}

// dx = (x - t) / (x (1 - x)) dl, the divisor at least 1e-12
void bce_backward(i64 n, const float* x, const float* t, float dl, float* dx) {
  each(n, x, t, dx, [&](v a, v b) { return dl * (a - b) / at_least(a * (1 - a), 1e-12f); });
}

// l = log(1 + e^-|z|) + (z (1 - t) where z > 0, else -z t)
double bce_with_logits(i64 n, const float* z, const float* t, bool* fits) {
  vi outside = {};
  const double total = sum(n, z, t, [&](v a, v b) {
    outside |= outside_unit(b);
    return choose(a > 0, a * (1 - b), -a * b) + log1p_of_unit(exp(-absolute(a)));
  });
  *fits = !any(outside);
  return total;
}

// dz = (sigmoid(z) - t) dl
void bce_with_logits_backward(i64 n, const float* z, const float* t, float dl, float* dz) {
  each(n, z, t, dz, [&](v a, v b) { return (sigmoid(a) - b) * dl; });
}

}  // namespace

PELLUCID_DEFINE_TABLE(LossKernels, loss_kernels) = {
    mse, bce, bce_with_logits, mse_backward, bce_backward, bce_with_logits_backward,
};
