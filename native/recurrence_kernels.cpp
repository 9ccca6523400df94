// RNN, LSTM and GRU through time, on one thread, for some of the batch's sequences.
//
// Loop order: steps, then tiles of at most MR sequences, then panels of W_hh's columns, then the tile's gates. A tile's
// gates are finished while they lie in the first-level cache; W_hh, copied once into panels, streams from the second.
// Sequences do not meet, so that nobody waits for another thread in time, and each sum is taken in the same order
// however the batch is cut.
#include "recurrence.h"

#include "gemm_pack.h"
#include "gemm_tile.h"
#include "vecmath.h"

namespace {

using pellucid::Cell;
using pellucid::Walk;
using pellucid::WalkBack;

INLINE i64 panel_width(i64 columns) { return columns <= VL ? VL : NR; }

i64 packed(i64 rows, i64 columns, bool transpose) {
  return ceil_div(transpose ? rows : columns, NR) * NR * (transpose ? columns : rows);
}

void pack(const float* W, i64 rows, i64 columns, bool transpose, float* out) {
  const i64 n = transpose ? rows : columns, k = transpose ? columns : rows;
  for (i64 j = 0; j < n; j += NR, out += NR * k) {
    const i64 width = smaller(NR, n - j);
    if (transpose) copy_transposed(W + j * columns, columns, width, k, out, panel_width(width));
    else copy_block(W + j, columns, k, width, out, panel_width(width));
  }
}

// C [+]= A B [+ b] for a tile's rows; A has k columns, C n, B lies in panels.
INLINE void product(i64 rows, i64 k, i64 n, const float* A, i64 lda, const float* B, const float* b, bool accumulate,
                    float* C, i64 ldc) {
  for (i64 j = 0; j < n; j += NR, B += NR * k) {
    const i64 width = smaller(NR, n - j), wide = panel_width(width);
    tile_for(static_cast<int>(wide / VL), false, rows)(
        {k, A, lda, B, wide, C + j, ldc, width, b ? b + j : nullptr, accumulate});
  }
}

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

INLINE bool over_at(const Walk& w, i64 t, i64 sequence) { return w.lengths && t >= w.lengths[sequence]; }

// The steps in the order of walking: step k is at t, and came from t - 1, or t + 1 in reverse.
INLINE i64 step_at(const Walk& w, i64 k) { return w.reverse ? w.steps - 1 - k : k; }
INLINE const float* before(const Walk& w, const float* states, const float* first, i64 t) {
  if (t == (w.reverse ? w.steps - 1 : 0)) return first;
  return states + (w.reverse ? t + 1 : t - 1) * w.batch * w.units;
}

// Divisions are the slowest part of a gate: two quotients share one, 1/a and 1/b being b/(ab) and a/(ab). Below -40 a gate
// is taken for that of -40, 4e-18, so that no product overflows.
INLINE v one_plus_exp_of_minus(v x) { return 1 + exp_within(at_least(at_most(-x, 40), -87)); }

INLINE void two_sigmoids(v& x, v& y) {
  const v a = one_plus_exp_of_minus(x), b = one_plus_exp_of_minus(y), inverse = 1 / (a * b);
  x = b * inverse;
  y = a * inverse;
}

// x becomes its sigmoid; returns the hyperbolic tangent of y.
INLINE v sigmoid_and_tanh(v& x, v y) {
  const v a = one_plus_exp_of_minus(x), m = expm1_of_twice(absolute(y)), b = m + 2, inverse = 1 / (a * b);
  x = b * inverse;
  return with_sign_of(m * a * inverse, y);
}

// --- one sequence, one step ----------------------------------------------------------------------------------

INLINE void lstm_gates(i64 H, float* gates, const float* c_before, float* c, float* h) {
  over(H, [&](i64 j, auto part) {
    v i = part.get(gates + j), f = part.get(gates + H + j), o = part.get(gates + 3 * H + j);
    two_sigmoids(i, f);
    const v g = tanh(part.get(gates + 2 * H + j)), state = f * part.get(c_before + j) + i * g;
    const v tanh_of_state = sigmoid_and_tanh(o, state);
    part.put(gates + j, i);
    part.put(gates + H + j, f);
    part.put(gates + 2 * H + j, g);
    part.put(gates + 3 * H + j, o);
    part.put(c + j, state);
    part.put(h + j, o * tanh_of_state);
  });
}

INLINE void gru_gates(i64 H, float* gates, const float* u, const float* h_before, float* h) {
  over(H, [&](i64 j, auto part) {
    v r = part.get(gates + j) + part.get(u + j), z = part.get(gates + H + j) + part.get(u + H + j);
    two_sigmoids(r, z);
    const v u_n = part.get(u + 2 * H + j), n = tanh(part.get(gates + 2 * H + j) + r * u_n);
    part.put(gates + j, r);
    part.put(gates + H + j, z);
    part.put(gates + 2 * H + j, n);
    part.put(gates + 3 * H + j, u_n);
    part.put(h + j, (1 - z) * n + z * part.get(h_before + j));
  });
}

// dh becomes what reaches the state before past the product: nothing of an LSTM's and an RNN's.
INLINE void lstm_gradient(i64 H, const float* gates, const float* c_before, const float* c, const float* dy, float* dh,
                          float* dc, float* da) {
  over(H, [&](i64 j, auto part) {
    const v i = part.get(gates + j), f = part.get(gates + H + j), g = part.get(gates + 2 * H + j);
    const v o = part.get(gates + 3 * H + j), t = tanh(part.get(c + j));
    const v dm = dy ? part.get(dh + j) + part.get(dy + j) : part.get(dh + j);
    const v ds = part.get(dc + j) + dm * o * (1 - t * t);  // by c, with what came from later steps
    part.put(da + j, ds * g * i * (1 - i));
    part.put(da + H + j, ds * part.get(c_before + j) * f * (1 - f));
    part.put(da + 2 * H + j, ds * i * (1 - g * g));
    part.put(da + 3 * H + j, dm * t * o * (1 - o));
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

// --- all steps -----------------------------------------------------------------------------------------------

i64 walk_scratch(const Walk& w) { return w.cell == Cell::gru ? MR * 3 * w.units : 0; }

void walk(const Walk& w, i64 from, i64 to, float* scratch) {
  const i64 H = w.units, gates = pellucid::gates_of(w.cell) * H, kept = pellucid::kept_gates_of(w.cell) * H;
  const i64 tiles = ceil_div(to - from, MR);
  for (i64 k = 0; k < w.steps; ++k) {
    const i64 t = step_at(w, k);
    const float *h_before = before(w, w.h, w.h0, t), *c_before = w.c ? before(w, w.c, w.c0, t) : nullptr;
    for (i64 tile = 0; tile < tiles; ++tile) {
      const i64 first = from + (to - from) * tile / tiles, last = from + (to - from) * (tile + 1) / tiles;
      const i64 rows = last - first;
      const float* A = h_before + first * H;
      float* out = (w.gates ? w.gates : w.h) + (t * w.batch + first) * kept;
      if (w.x) {
        const float* x = w.x + (t * w.batch + first) * w.inputs;
        product(rows, w.inputs, gates, x, w.inputs, w.W_x, w.b_x, false, out, kept);
      }
      if (w.cell == Cell::gru) product(rows, H, gates, A, H, w.W, w.b, false, scratch, gates);
      else product(rows, H, gates, A, H, w.W, nullptr, true, out, kept);
      for (i64 s = first; s < last; ++s) {
        const i64 row = t * w.batch + s;
        float* h = w.h + row * H;
        const float* hb = h_before + s * H;
        if (over_at(w, t, s)) {
          copy(hb, h, H);
          if (w.c) copy(c_before + s * H, w.c + row * H, H);
        } else if (w.cell == Cell::lstm) {
          lstm_gates(H, w.gates + row * kept, c_before + s * H, w.c + row * H, h);
        } else if (w.cell == Cell::gru) {
          gru_gates(H, w.gates + row * kept, scratch + (s - first) * gates, hb, h);
        } else if (w.cell == Cell::rnn_tanh) {
          over(H, [&](i64 j, auto part) { part.put(h + j, tanh(part.get(h + j))); });
        } else {
          over(H, [&](i64 j, auto part) { part.put(h + j, at_least(part.get(h + j), 0)); });
        }
      }
    }
  }
}

void walk_back(const WalkBack& b, i64 from, i64 to) {
  const Walk& w = b.walk;
  const i64 H = w.units, gates = pellucid::gates_of(w.cell) * H, kept = pellucid::kept_gates_of(w.cell) * H;
  const i64 tiles = ceil_div(to - from, MR);
  for (i64 k = w.steps - 1; k >= 0; --k) {
    const i64 t = step_at(w, k);
    const float *h_before = before(w, w.h, w.h0, t), *c_before = w.c ? before(w, w.c, w.c0, t) : nullptr;
    for (i64 tile = 0; tile < tiles; ++tile) {
      const i64 first = from + (to - from) * tile / tiles, last = from + (to - from) * (tile + 1) / tiles;
      for (i64 s = first; s < last; ++s) {
        const i64 row = t * w.batch + s;
        const float* dy = b.dy ? b.dy + t * b.dy_step + s * b.dy_sequence : nullptr;
        float *dh = b.dh + s * H, *da = b.da + row * gates;
        if (over_at(w, t, s)) {  // dh and dc wait
          over(gates, [&](i64 j, auto part) { part.put(da + j, v{}); });
          if (w.cell == Cell::gru) over(gates, [&](i64 j, auto part) { part.put(b.du + row * gates + j, v{}); });
        } else if (w.cell == Cell::lstm) {
          lstm_gradient(H, w.gates + row * kept, c_before + s * H, w.c + row * H, dy, dh, b.dc + s * H, da);
        } else if (w.cell == Cell::gru) {
          gru_gradient(H, w.gates + row * kept, h_before + s * H, dy, dh, da, b.du + row * gates);
        } else if (w.cell == Cell::rnn_tanh) {
          rnn_gradient<false>(H, w.h + row * H, dy, dh, da);
        } else {
          rnn_gradient<true>(H, w.h + row * H, dy, dh, da);
        }
      }
      product(last - first, gates, H, b.du + (t * w.batch + first) * gates, gates, w.W, nullptr, true, b.dh + first * H,
              H);
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(RecurrenceKernels, recurrence_kernels) = {walk, walk_back, walk_scratch, pack, packed};
