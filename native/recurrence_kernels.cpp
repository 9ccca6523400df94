// RNN, LSTM and GRU through time, on one thread, for some of the batch's sequences.
//
// Loop order: steps, then tiles of at most MR sequences, then panels of the weights' columns, then the tile's gates. A
// tile's gates are finished while they lie in the first-level cache; the weights, copied once into panels, stream from
// the second. x and h stand side by side, so that one product gives a gate, and its sum is written once. On the way back
// the gradients by the gates of some steps are kept, also in the second, until there are enough for the product that
// gives the weights' gradients: they never go to memory. Sequences do not meet, so that nobody waits for another thread
// in time, and each sum over units is taken in the same order however the batch is cut.
#include "recurrence.h"

#include "gemm_pack.h"
#include "gemm_tile.h"
#include "recurrence_gates.h"

namespace {

using pellucid::Cell;
using pellucid::Walk;
using pellucid::WalkBack;

constexpr i64 BLOCK = 256;  // rows, sequences at steps, of one product for the weights' gradients

INLINE i64 panel_width(i64 columns) { return columns <= VL ? VL : NR; }

i64 packed(i64 width, i64 depth) { return ceil_div(width, NR) * NR * depth; }

void pack(const float* W, i64 rows, i64 columns, bool transpose, i64 depth, i64 at, float* out) {
  const i64 n = transpose ? rows : columns, k = transpose ? columns : rows;
  for (i64 j = 0; j < n; j += NR, out += NR * depth) {
    const i64 width = smaller(NR, n - j), wide = panel_width(width);
    if (transpose) copy_transposed(W + j * columns, columns, width, k, out + at * wide, wide);
    else copy_block(W + j, columns, k, width, out + at * wide, wide);
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

// C (rows, n) += A^T B, of k rows each; B is read beyond its last column, up to a whole panel.
INLINE void transposed_product(i64 rows, i64 k, i64 n, const float* A, i64 lda, const float* B, i64 ldb, float* C) {
  const i64 tiles = ceil_div(rows, MR);
  for (i64 j = 0; j < n; j += NR) {
    const i64 width = smaller(NR, n - j);
    for (i64 tile = 0; tile < tiles; ++tile) {
      const i64 first = rows * tile / tiles, last = rows * (tile + 1) / tiles;
      tile_for(static_cast<int>(panel_width(width) / VL), true, last - first)(
          {k, A + first, lda, B + j, ldb, C + first * n + j, n, width, nullptr, true});
    }
  }
}

INLINE bool over_at(const Walk& w, i64 t, i64 sequence) { return w.lengths && t >= w.lengths[sequence]; }

// The steps in the order of walking: step k is at t, and came from t - 1, or t + 1 in reverse.
INLINE i64 step_at(const Walk& w, i64 k) { return w.reverse ? w.steps - 1 - k : k; }
INLINE const float* before(const Walk& w, const float* states, const float* first, i64 t) {
  if (t == (w.reverse ? w.steps - 1 : 0)) return first;
  return states + (w.reverse ? t + 1 : t - 1) * w.batch * w.units;
}

// --- forth ---------------------------------------------------------------------------------------------------

INLINE void tile_of_gates(const Walk& w, i64 t, i64 first, i64 rows, const float* h_before, float* scratch) {
  const i64 H = w.units, gates = pellucid::gates_of(w.cell) * H, kept = pellucid::kept_gates_of(w.cell) * H;
  float* out = (w.gates ? w.gates : w.h) + (t * w.batch + first) * kept;
  const float *h = h_before + first * H, *x = w.x + t * w.x_step + first * w.x_sequence;
  if (w.cell == Cell::gru) {
    if (w.inputs) product(rows, w.inputs, gates, x, w.x_sequence, w.W_x, w.b_x, false, out, kept);
    product(rows, H, gates, h, H, w.W, w.b, false, scratch, gates);
  } else if (w.inputs) {
    const i64 depth = H + w.inputs;
    for (i64 i = 0; i < rows; ++i) {
      copy(h + i * H, scratch + i * depth, H);
      copy(x + i * w.x_sequence, scratch + i * depth + H, w.inputs);
    }
    product(rows, depth, gates, scratch, depth, w.W, w.b, false, out, kept);
  } else {
    product(rows, H, gates, h, H, w.W, nullptr, true, out, kept);
  }
}

void walk(const Walk& w, i64 from, i64 to, float* scratch) {
  const i64 H = w.units, gates = pellucid::gates_of(w.cell) * H, kept = pellucid::kept_gates_of(w.cell) * H;
  const i64 tiles = ceil_div(to - from, MR);
  for (i64 k = 0; k < w.steps; ++k) {
    const i64 t = step_at(w, k);
    const float *h_before = before(w, w.h, w.h0, t), *c_before = w.c ? before(w, w.c, w.c0, t) : nullptr;
    for (i64 tile = 0; tile < tiles; ++tile) {
      const i64 first = from + (to - from) * tile / tiles, last = from + (to - from) * (tile + 1) / tiles;
      tile_of_gates(w, t, first, last - first, h_before, scratch);
      for (i64 s = first; s < last; ++s) {
        float* own = w.gates + (t * w.batch + s) * kept;
        if (w.cell == Cell::lstm) lstm_gates(H, own);
        else if (w.cell == Cell::gru) gru_gates(H, own, scratch + (s - first) * gates);
      }
      for (i64 s = first; s < last; ++s) {
        const i64 row = t * w.batch + s;
        float* h = w.h + row * H;
        const float* hb = h_before + s * H;
        if (over_at(w, t, s)) {
          copy(hb, h, H);
          if (w.c) copy(c_before + s * H, w.c + row * H, H);
        } else if (w.cell == Cell::lstm) {
          lstm_state(H, w.gates + row * kept, c_before + s * H, w.c + row * H, h);
        } else if (w.cell == Cell::gru) {
          gru_state(H, w.gates + row * kept, scratch + (s - first) * gates, hb, h);
        } else if (w.cell == Cell::rnn_tanh) {
          over(H, [&](i64 j, auto part) { part.put(h + j, tanh_of_gate(part.get(h + j))); });
        } else {
          over(H, [&](i64 j, auto part) { part.put(h + j, at_least(part.get(h + j), 0)); });
        }
      }
    }
  }
}

// --- back ----------------------------------------------------------------------------------------------------

// What the walk back keeps of the last steps: gradients by the gates, of a GRU those of h too, and what they are
// multiplied with for the weights' gradients: rows of h, 1, x, and of a GRU 1.
struct Kept {
  i64 steps, gates_stride, width;
  float *da, *du, *rows;

  Kept(const Walk& w, i64 sequences, float* scratch) {
    const i64 gates = pellucid::gates_of(w.cell) * w.units;
    steps = smaller(w.steps, ceil_div(BLOCK, sequences));
    gates_stride = (ceil_div(gates, 16) | 1) * 16;  // an odd number of lines: rows spread over the sets of the cache
    width = pellucid::rows_of_sums(w);
    da = scratch;
    du = w.cell == Cell::gru ? da + size(sequences) : da;
    rows = du + size(sequences);
  }
  i64 size(i64 sequences) const { return steps * sequences * gates_stride + NR; }
  i64 all(i64 sequences) const { return (rows - da) + steps * sequences * width; }
};

i64 scratch_of(const Walk& w, i64 sequences, bool back) {
  if (!back) return MR * (w.cell == Cell::gru ? 3 * w.units : w.units + w.inputs);
  return Kept(w, sequences, nullptr).all(sequences);
}

INLINE void add_to_sums(const Walk& w, const Kept& kept, i64 rows, float* sums) {
  const i64 gates = pellucid::gates_of(w.cell) * w.units, of_h = w.units + 1, of_x = kept.width - of_h;
  if (w.cell == Cell::gru) {
    transposed_product(of_h, rows, gates, kept.rows, kept.width, kept.du, kept.gates_stride, sums);
    transposed_product(of_x, rows, gates, kept.rows + of_h, kept.width, kept.da, kept.gates_stride, sums + of_h * gates);
  } else {
    transposed_product(kept.width, rows, gates, kept.rows, kept.width, kept.da, kept.gates_stride, sums);
  }
}

INLINE void gradient_of_gates(const WalkBack& b, i64 t, i64 s, const float* h_before, const float* c_before, float* da,
                              float* du) {
  const Walk& w = b.walk;
  const i64 H = w.units, row = t * w.batch + s;
  const float* gates = w.gates + row * pellucid::kept_gates_of(w.cell) * H;
  const float *h = w.h + row * H, *dy = b.dy ? b.dy + t * b.dy_step + s * b.dy_sequence : nullptr;
  float* dh = b.dh + s * H;
  if (over_at(w, t, s)) {  // dh and dc wait
    over(pellucid::gates_of(w.cell) * H, [&](i64 j, auto part) {
      part.put(da + j, v{});
      part.put(du + j, v{});
    });
  } else if (w.cell == Cell::lstm) {
    lstm_gradient(H, gates, c_before + s * H, h, dy, dh, b.dc + s * H, da);
  } else if (w.cell == Cell::gru) {
    gru_gradient(H, gates, h_before + s * H, dy, dh, da, du);
  } else if (w.cell == Cell::rnn_tanh) {
    rnn_gradient<false>(H, h, dy, dh, da);
  } else {
    rnn_gradient<true>(H, h, dy, dh, da);
  }
}

void walk_back(const WalkBack& b, i64 from, i64 to, float* sums, float* scratch) {
  const Walk& w = b.walk;
  const i64 H = w.units, gates = pellucid::gates_of(w.cell) * H, n = to - from, tiles = ceil_div(n, MR);
  const Kept kept(w, n, scratch);
  const i64 stride = b.da ? gates : kept.gates_stride;
  if (sums) over(kept.width * gates, [&](i64 j, auto part) { part.put(sums + j, v{}); });
  i64 step = 0;  // of those that are kept
  for (i64 k = w.steps - 1; k >= 0; --k) {
    const i64 t = step_at(w, k);
    const float *h_before = before(w, w.h, w.h0, t), *c_before = w.c ? before(w, w.c, w.c0, t) : nullptr;
    float* da = b.da ? b.da + (t * w.batch + from) * gates : kept.da + step * n * stride;
    float* du = b.da ? b.du + (t * w.batch + from) * gates : kept.du + step * n * stride;
    for (i64 tile = 0; tile < tiles; ++tile) {
      const i64 first = n * tile / tiles, last = n * (tile + 1) / tiles;
      for (i64 s = first; s < last; ++s)
        gradient_of_gates(b, t, from + s, h_before, c_before, da + s * stride, du + s * stride);
      product(last - first, gates, H, du + first * stride, stride, w.W, nullptr, true, b.dh + (from + first) * H, H);
      if (b.dx && w.W_x) {
        float* dx = b.dx + (t * w.batch + from + first) * w.inputs;
        product(last - first, gates, w.inputs, da + first * stride, stride, w.W_x, nullptr, false, dx, w.inputs);
      }
    }
    if (!sums) continue;
    for (i64 s = 0; s < n; ++s) {
      float* row = kept.rows + (step * n + s) * kept.width;
      copy(h_before + (from + s) * H, row, H);
      row[H] = 1;
      copy(w.x + t * w.x_step + (from + s) * w.x_sequence, row + H + 1, w.inputs);
      if (w.cell == Cell::gru) row[kept.width - 1] = 1;
    }
    if (++step == kept.steps || k == 0) {
      add_to_sums(w, kept, step * n, sums);
      step = 0;
    }
  }
}

void sum_transposed(const float* parts, i64 count, i64 rows, i64 columns, i64 from, i64 to, i64 first, i64 last,
                    float* out) {
  const i64 width = to - from;
  for (i64 i = from; i < to; i += VL) {
    const i64 high = smaller(VL, to - i);
    for (i64 j = first; j < last; j += VL) {
      const i64 wide = smaller(VL, last - j);
      v block[VL];
      for (i64 r = 0; r < VL; ++r) block[r] = v{};
      for (i64 part = 0; part < count; ++part)
        for (i64 r = 0; r < high; ++r) {
          const float* p = parts + (part * rows + i + r) * columns + j;
          block[r] += wide == VL ? load(p) : load_part(p, wide);
        }
      transpose(block);
      for (i64 c = 0; c < wide; ++c) {
        float* p = out + (j + c) * width + i - from;
        if (high == VL) store(p, block[c]);
        else store_part(p, block[c], high);
      }
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(RecurrenceKernels, recurrence_kernels) = {walk,   walk_back, scratch_of,
                                                                pack,   packed,    sum_transposed};
