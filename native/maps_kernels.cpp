// Elementwise maps and their gradients on one thread.
//
// Loop order: once through the arrays, a vector at a time; no blocking, because nothing is used twice. The last
// vector of an array that does not fill whole vectors overlaps the one before it: computing a few elements twice
// is cheaper than treating them one by one.
#include "maps.h"

#include "vecmath.h"

namespace {

using pellucid::Map;

constexpr float kInverseSqrt2Pi = 0.398942280f;
constexpr float kTwiceRoot = 1.59576912f, kCubic = 0.044715f;  // 2 sqrt(2 / pi), and gelu_tanh's own constant

INLINE v relu(v x) { return at_least(x, 0); }
INLINE v relu_backward(v x, v dy) { return dy * choose(x > 0, all(1), v{}); }  // a product, as NumPy's: NaN stays

INLINE v tanh_backward(v y, v dy) { return dy * (1 - y * y); }
INLINE v sigmoid_backward(v y, v dy) { return dy * y * (1 - y); }

INLINE v leaky_relu(v x, float slope) { return choose(x > 0, x, slope * x); }
INLINE v leaky_relu_backward(v x, v dy, float slope) {
  return dy * choose(x > 0, all(1), choose(x <= 0, all(slope), v{}));
}

// The normal distribution's function and its density. Beyond |x| there is e^(-x^2 / 2) t P(t) of the distribution,
// with t = 1 / (1 + 0.28125 |x|): absolute errors of 2e-7, relative ones of 1e-5 down to the smallest tails.
struct Normal {
  v cdf, density;
};
INLINE Normal normal(v x) {
  const v e = exp(-0.5f * (x * x)), t = 1 / (1 + 0.28125f * absolute(x));
  const v tail = e * t * polynomial(t, 0.111953348f, 0.116359986f, 0.0746824518f, 0.191924736f, -0.170208529f,
                                    0.328605741f, -0.187990814f, 0.0346730873f);
  return {choose(x > 0, 1 - tail, tail), e * kInverseSqrt2Pi};
}

INLINE v gelu(v x) { return x * normal(x).cdf; }
INLINE v gelu_backward(v x, v dy) {
  const Normal n = normal(x);
  return dy * (n.cdf + x * n.density);
}

// x / (1 + e^-x), and not x sigmoid(x): e^-x may pass 2^126 while the quotient is still a normal number.
INLINE v silu(v x) { return x / (1 + exp(-x)); }
INLINE v silu_backward(v x, v dy) {
  const v e = exp(at_most(-x, 88)), s = 1 / (1 + e);
  return dy * s * (1 + x * (e * s));  // e s is 1 - s with all its digits
}

// (1 + tanh u) / 2 is sigmoid(2u): cheaper, and it keeps its digits where it is small.
INLINE v gelu_tanh(v x) { return x / (1 + exp(-x * (kTwiceRoot + kTwiceRoot * kCubic * (x * x)))); }
INLINE v gelu_tanh_backward(v x, v dy) {
  const v c = at_least(at_most(x, 50), -50);  // beyond, e or s is 0; within, the square cannot overflow
  const v square = c * c;
  const v e = exp(at_most(-c * (kTwiceRoot + kTwiceRoot * kCubic * square), 88)), s = 1 / (1 + e);
  return dy * s * (1 + x * (e * s) * (kTwiceRoot + 3 * kTwiceRoot * kCubic * square));
}

// With e = e^x and n = e (e + 2), tanh(log(1 + e^x)) = n / (n + 2), and the derivative of that is
// 4 e (e + 1) / (n + 2)^2. Beyond 20 the one is 1 and the other 0.
INLINE v mish(v x) {
  const v e = exp(at_most(x, 20));
  const v n = e * (e + 2);
  return x * (n / (n + 2));
}
INLINE v mish_backward(v x, v dy) {
  const v e = exp(at_most(x, 20));
  const v n = e * (e + 2), w = 1 / (n + 2);
  return dy * (n * w + x * choose(x > 20, v{}, 4 * e * (e + 1) * w * w));
}

// out = f(x, dy); a map has no dy.
template <bool GRADIENT, typename F>
INLINE void each(Map m, F f) {
  float x[VL], dy[VL], out[VL];
  float* const to = m.out;
  const i64 few = m.n < VL ? m.n : 0;
  if (few) {  // through the same code as all others, so that an element's bits do not depend on where it stands
    store(x, load_part(m.x, few));
    if (GRADIENT) store(dy, load_part(m.dy, few));
    m.x = x, m.dy = dy, m.out = out, m.n = VL;
  }
  for (i64 i = 0; i < m.n; i += VL) {
    if (i > m.n - VL) i = m.n - VL;
    store(m.out + i, f(load(m.x + i), GRADIENT ? load(m.dy + i) : v{}));
  }
  for (i64 i = 0; i < few; ++i) to[i] = out[i];
}

#define INLINE_LAMBDA __attribute__((always_inline))
#define MAP(name) \
  void name(const Map& m) { each<false>(m, [](v x, v) INLINE_LAMBDA { return name(x); }); }
#define GRADIENT(name) \
  void name(const Map& m) { each<true>(m, [](v x, v dy) INLINE_LAMBDA { return name(x, dy); }); }
PELLUCID_MAPS(MAP)
PELLUCID_GRADIENTS(GRADIENT)

void leaky_relu(const Map& m) {
  each<false>(m, [&m](v x, v) INLINE_LAMBDA { return leaky_relu(x, m.slope); });
}
void leaky_relu_backward(const Map& m) {
  each<true>(m, [&m](v x, v dy) INLINE_LAMBDA { return leaky_relu_backward(x, dy, m.slope); });
}

}  // namespace

#define ENTRY(name) name,
PELLUCID_DEFINE_TABLE(MapKernels, map_kernels) = {
    PELLUCID_MAPS(ENTRY) PELLUCID_GRADIENTS(ENTRY) leaky_relu, leaky_relu_backward};
