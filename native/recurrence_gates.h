// The gates of recurrent cells, and their gradients, for one sequence and one step. Only for recurrence_kernels.cpp.
#pragma once

#include "vecmath.h"

namespace {

// Calls f(j, part) for the vectors of n elements; `part` reads and writes whole ones, or the last piece.
struct Whole {
  v get(const float* p) const { return load(p); }
  void put(float* p, v x) const { store(p, x); }
};
struct Piece {
  i64 n;
  v get(const float* p) const { return load_part(p, n); }
  void put(float* p, v x) const { store_part(p, x, n); }
};
template <typename F>
INLINE void over(i64 n, const F& f) {
  i64 j = 0;
  for (; j + VL <= n; j += VL) f(j, Whole{});
  if (j < n) f(j, Piece{n - j});
}

INLINE void copy(const float* from, float* to, i64 n) {
  over(n, [&](i64 j, auto part) { part.put(to + j, part.get(from + j)); });
}

// Exponentials of gates, with fewer steps than vecmath's: ln 2 in one part, and a polynomial one degree lower, e^r =
// 1 + r + r^2 q(r) to 1e-7. Gates err by up to 4 units of the last place.
constexpr float kRound = 12582912;  // 1.5 * 2^23: what is added to it is rounded to a whole number
constexpr float kLn2 = 0.693147181f;
constexpr float kLast = 64 * kLn2;  // sigmoids beyond are those of this: 2^-64 and 1
constexpr float kQ0 = 0.4999923f, kQ1 = 0.16667116f, kQ2 = 0.041890334f, kQ3 = 0.008312502f;

// 2^n, of n rounded by kRound. NaN becomes something, and stays NaN in what it is multiplied with.
INLINE v power_of_two(v rounded) { return from_bits(sum(shifted_left(bits(rounded), 23), 0x3F800000)); }

// 1 + e^-x, of which the sigmoid is the inverse.
INLINE v one_plus_exp_of_minus(v x) {
  x = at_least(at_most(x, kLast), -kLast);
  const v rounded = kRound - x * 1.44269504f, r = -x - (rounded - kRound) * kLn2;
  return 1 + power_of_two(rounded) * polynomial(r, 1, 1, kQ0, kQ1, kQ2, kQ3);
}

// e^2|x| - 1, of which the hyperbolic tangent is m / (m + 2); it keeps its digits where x is small.
INLINE v expm1_of_double(v x) {
  const v a = at_most(absolute(x), 10);  // beyond 9 the quotient is 1
  const v rounded = kRound + a * (2 * 1.44269504f), r = a - (rounded - kRound) * (kLn2 / 2);
  const v expm1_r = r * polynomial(r, 2, 4 * kQ0, 8 * kQ1, 16 * kQ2, 32 * kQ3), power = power_of_two(rounded);
  return power * expm1_r + (power - 1);
}

INLINE v tanh_of_gate(v x) {
  const v m = expm1_of_double(x);
  return with_sign_of(m / (m + 2), x);
}

// Divisions are the slowest part of a gate where they take more than 3 cycles: two quotients share one, 1/a and 1/b being
// b/(ab) and a/(ab). Where ab overflows both are taken for 0.
INLINE void two_sigmoids(v& x, v& y) {
  const v a = one_plus_exp_of_minus(x), b = one_plus_exp_of_minus(y), inverse = 1 / (a * b);
  x = b * inverse;
  y = a * inverse;
}

// x becomes its sigmoid; returns the hyperbolic tangent of y, which may fall a little short of 1.
INLINE v sigmoid_and_tanh(v& x, v y) {
  const v a = one_plus_exp_of_minus(x), m = expm1_of_double(y), b = m + 2, inverse = 1 / (a * b);
  x = b * inverse;
  return with_sign_of(m * a * inverse, y);
}

// The gates i, f and g of a tile come before its states and o: together they would be a chain so long that the processor
// waits for it.
INLINE void lstm_gates(i64 H, float* gates) {
  over(H, [&](i64 j, auto part) {
    v i = part.get(gates + j), f = part.get(gates + H + j);
    two_sigmoids(i, f);
    part.put(gates + j, i);
    part.put(gates + H + j, f);
    part.put(gates + 2 * H + j, tanh_of_gate(part.get(gates + 2 * H + j)));
  });
}

INLINE void lstm_state(i64 H, float* gates, const float* c_before, float* c, float* h) {
  over(H, [&](i64 j, auto part) {
    const v i = part.get(gates + j), f = part.get(gates + H + j), g = part.get(gates + 2 * H + j);
    const v state = f * part.get(c_before + j) + i * g;
    v o = part.get(gates + 3 * H + j);
    const v tanh_of_state = sigmoid_and_tanh(o, state);
    part.put(gates + 3 * H + j, o);
    part.put(c + j, state);
    part.put(h + j, o * tanh_of_state);
  });
}

// The gates r and z of a tile come before its n, for the same reason.
INLINE void gru_gates(i64 H, float* gates, const float* u) {
  over(H, [&](i64 j, auto part) {
    v r = part.get(gates + j) + part.get(u + j), z = part.get(gates + H + j) + part.get(u + H + j);
    two_sigmoids(r, z);
    part.put(gates + j, r);
    part.put(gates + H + j, z);
  });
}

INLINE void gru_state(i64 H, float* gates, const float* u, const float* h_before, float* h) {
  over(H, [&](i64 j, auto part) {
    const v r = part.get(gates + j), z = part.get(gates + H + j), u_n = part.get(u + 2 * H + j);
    const v n = tanh_of_gate(part.get(gates + 2 * H + j) + r * u_n);
    part.put(gates + 2 * H + j, n);
    part.put(gates + 3 * H + j, u_n);
    part.put(h + j, (1 - z) * n + z * part.get(h_before + j));
  });
}

// dh becomes what reaches the state before past the product: nothing of an LSTM's and an RNN's.
//
// With t = tanh(c) and h = o t, o (1 - t^2) is o - h^2 / o and t o (1 - o) is h (1 - o): no t is needed. Where o is 0,
// h is, too.
INLINE void lstm_gradient(i64 H, const float* gates, const float* c_before, const float* h, const float* dy, float* dh,
                          float* dc, float* da) {
  over(H, [&](i64 j, auto part) {
    const v i = part.get(gates + j), f = part.get(gates + H + j), g = part.get(gates + 2 * H + j);
    const v o = part.get(gates + 3 * H + j), m = part.get(h + j);
    const v dm = dy ? part.get(dh + j) + part.get(dy + j) : part.get(dh + j);
    const v ds = part.get(dc + j) + dm * (o - m * m / at_least(o, 1e-30f));  // by c, with what came from later steps
    part.put(da + j, ds * g * i * (1 - i));
    part.put(da + H + j, ds * part.get(c_before + j) * f * (1 - f));
    part.put(da + 2 * H + j, ds * i * (1 - g * g));
    part.put(da + 3 * H + j, dm * m * (1 - o));
    part.put(dc + j, ds * f);
    part.put(dh + j, v{});
  });
}

INLINE void gru_gradient(i64 H, const float* gates, const float* h_before, const float* dy, float* dh, float* da,
                         float* du) {
  over(H, [&](i64 j, auto part) {
    const v r = part.get(gates + j), z = part.get(gates + H + j), n = part.get(gates + 2 * H + j);
    const v dm = dy ? part.get(dh + j) + part.get(dy + j) : part.get(dh + j);
    const v da_n = dm * (1 - z) * (1 - n * n), da_z = dm * (part.get(h_before + j) - n) * z * (1 - z);
    const v da_r = da_n * part.get(gates + 3 * H + j) * r * (1 - r);
    part.put(da + j, da_r);
    part.put(da + H + j, da_z);
    part.put(da + 2 * H + j, da_n);
    part.put(du + j, da_r);
    part.put(du + H + j, da_z);
    part.put(du + 2 * H + j, da_n * r);
    part.put(dh + j, dm * z);
  });
}

template <bool RELU>
INLINE void rnn_gradient(i64 H, const float* h, const float* dy, float* dh, float* da) {
  over(H, [&](i64 j, auto part) {
    const v y = part.get(h + j), dm = dy ? part.get(dh + j) + part.get(dy + j) : part.get(dh + j);
    part.put(da + j, RELU ? choose(y > 0, dm, dm * 0) : dm * (1 - y * y));
    part.put(dh + j, v{});
  });
}

}  // namespace
