// Functions of a vector of floats. NaN stays NaN; what is below the smallest normal number is taken for 0, but log
// knows it. Errors in units of the last place, to which tests/kernels/test_native_maps.py holds them: exp, log and
// log1p 1.1, erf 1.5, softplus 1.7, tanh and sigmoid 2.5.
//
// Each function brings its argument into a short interval by exact steps and evaluates one polynomial there. The
// coefficients minimise the greatest relative error of the function over its interval (weighted least squares,
// the weights multiplied by the errors until these are level), so that rounding is all that is left of it.
#pragma once

#include "vec.h"

namespace {

typedef std::uint32_t vu __attribute__((vector_size(VL * 4)));

INLINE vi bits(v x) { return (vi)x; }
INLINE v from_bits(vi x) { return (v)x; }
INLINE vi shifted_left(vi x, int places) { return (vi)((vu)x << places); }
INLINE vi sum(vi a, vi b) { return (vi)((vu)a + (vu)b); }  // of any two: it wraps
INLINE vi sum(vi a, std::int32_t b) { return (vi)((vu)a + (std::uint32_t)b); }

INLINE v absolute(v x) { return from_bits(bits(x) & 0x7FFFFFFF); }
INLINE v with_sign_of(v x, v sign) { return from_bits(bits(x) | (bits(sign) & INT32_MIN)); }  // for x >= 0
INLINE v at_least(v x, float low) { return choose(x < low, all(low), x); }                    // NaN stays
INLINE v at_most(v x, float high) { return choose(x > high, all(high), x); }

// c0 + c1 x + c2 x^2 + ...
INLINE v polynomial(v, float c) { return all(c); }
template <typename... Rest>
INLINE v polynomial(v x, float c, Rest... rest) {
  return polynomial(x, rest...) * x + c;
}

constexpr float kInfinity = __builtin_inff();
constexpr float kLn2High = 0.693359375f;  // ten bits: its products with whole numbers up to 2^14 are exact
constexpr float kLn2Low = -2.12194440e-4f;

// e^x = 2^n (1 + expm1_r), with r = x - n ln 2 between -ln 2 / 2 and ln 2 / 2.
struct ExpParts {
  v expm1_r;
  vi n_shifted;  // n, 23 places to the left: where the exponent of a float is
};
INLINE ExpParts exp_parts(v x) {
  constexpr float kRound = 12582912;  // 1.5 * 2^23: what is added to it is rounded to a whole number
  const v rounded = x * 1.44269504f + kRound;
  const v n = rounded - kRound;
  const v r = x - n * kLn2High - n * kLn2Low;
  const v q = polynomial(r, 0.49999997f, 0.166665435f, 0.0416672006f, 0.00836658012f, 0.00138825097f);
  return {r * r * q + r, shifted_left(bits(rounded), 23)};
}

INLINE v exp(v x) {
  const ExpParts e = exp_parts(x);
  const v y = from_bits(sum(bits(1 + e.expm1_r), e.n_shifted));
  const v below = choose(x < -87.33654f, v{}, y);          // under 2^-126
  return choose(x <= 88.72283f, below, x + kInfinity);     // over the largest number: infinity, or NaN
}

// e^x for x between -87 and 88, or NaN.
INLINE v exp_within(v x) {
  const ExpParts e = exp_parts(x);
  const v power = from_bits(sum(e.n_shifted, 0x3F800000));
  return power + power * e.expm1_r;
}

// log(1 + f) + k ln 2 + small, for 1 + f between sqrt(1/2) and sqrt(2).
INLINE v log_from_parts(v f, v k, v small) {
  const v p = polynomial(f, 0.333333313f, -0.250008225f, 0.200012282f, -0.166233361f, 0.142017186f, -0.131603643f,
                         0.127619624f, -0.07634487f);
  const v square = f * f;
  return f + (square * f * p + k * kLn2Low + small - 0.5f * square) + k * kLn2High;
}

// x = 2^k (1 + f), for a positive normal x.
struct LogParts {
  v f, k;
};
INLINE LogParts log_parts(v x) {
  constexpr std::int32_t kSqrtHalf = 0x3F3504F3;
  const vi above = sum(bits(x), -kSqrtHalf);
  return {from_bits((above & 0x7FFFFF) + kSqrtHalf) - 1, __builtin_convertvector(above >> 23, v)};
}

INLINE v log(v x) {
  const vi b = bits(x);  // all cases by integers, because comparisons may take denormal numbers for zero
  const vi denormal = b < 0x800000;
  const LogParts l = log_parts(choose(denormal, __builtin_convertvector(b, v), x));
  const v y = log_from_parts(l.f, choose(denormal, l.k - 149, l.k), v{});
  const v special = choose((b & INT32_MAX) == 0, all(-kInfinity), choose(b > 0, x, all(__builtin_nanf(""))));
  return choose((b > 0) & (b < 0x7F800000), y, special);
}

INLINE v log1p(v x) {
  const v u = 1 + x;
  const LogParts l = log_parts(u);
  const v lost = choose(x < 1, x - (u - 1), 1 - (u - x));  // what the rounding of u took away
  const v y = log_from_parts(l.f, l.k, lost / u);
  const v special = choose(x == -1, all(-kInfinity), choose(x > 0, x, all(__builtin_nanf(""))));
  return choose((x > -1) & (x < kInfinity), y, special);
}

// log(1 + x) for x between 0 and 1.
INLINE v log1p_of_unit(v x) {
  const vi large = x > 0.41421356f;
  return log_from_parts(choose(large, x * 0.5f - 0.5f, x), choose(large, all(1), v{}), v{});
}

// (e^2|x| - 1) / (e^2|x| + 1): e^2|x| - 1 keeps its digits where x is small.
INLINE v expm1_of_twice(v absolute_x) {
  const ExpParts e = exp_parts(at_most(2 * absolute_x, 20));  // beyond 18 the quotient is 1
  const v power = from_bits(sum(e.n_shifted, 0x3F800000));
  return power * e.expm1_r + (power - 1);
}
INLINE v tanh(v x) {
  const v expm1 = expm1_of_twice(absolute(x));
  return with_sign_of(expm1 / (expm1 + 2), x);
}

INLINE v sigmoid(v x) { return 1 / (1 + exp_within(at_least(at_most(-x, 88), -87))); }

INLINE v softplus(v x) { return at_least(x, 0) + log1p_of_unit(exp(-absolute(x))); }

// Up to 0.875 x + x P(x^2), beyond 1 - e^P(|x|).
INLINE v erf(v x) {
  const v a = absolute(x);
  const v small = x + x * polynomial(x * x, 0.128379151f, -0.376125515f, 0.112824552f, -0.0267914627f, 0.00503218127f,
                                     -0.000620325503f);
  const v log_erfc = polynomial(at_most(a, 4), -0.000132495057f, -1.12794077f, -0.63672924f, -0.104334712f,
                                0.0224237833f, -0.00309320865f, 0.000201091781f);
  return choose(a < 0.875f, small, with_sign_of(1 - exp_within(log_erfc), x));
}

}  // namespace
