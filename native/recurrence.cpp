#include "recurrence.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "gemm.h"
#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

constexpr i64 kFewWeights = 65536;  // 256 KB: with the sums of their gradients half of a second-level cache

i64 up(i64 a, i64 b) { return (a + b - 1) / b; }

// Walks of fewer operations are not worth a second thread.
bool is_short(const Walk& w) { return 2 * w.steps * w.batch * w.units * w.units * gates_of(w.cell) < 120000; }

// On the way back the batch is cut into pieces of eight sequences, or of four where there are few; fewer read the weights
// for too little. The weights' gradients are sums over pieces, so that these must not depend on the number of threads.
i64 pieces_of(const Walk& w) {
  return is_short(w) ? 1 : w.batch < 16 ? std::min(up(w.batch, 4), i64{2}) : std::min(up(w.batch, 8), kMostChunks);
}

// On the way forth sequences are computed alike however they are cut: a piece for each thread. While a tile's gates are
// finished, the next tile's product goes on.
i64 pieces_forth(const Walk& w) { return is_short(w) ? 1 : std::min(i64{thread_count()}, up(w.batch, 4)); }

// Calls work(piece, from, to) for pieces of the batch.
template <typename F>
void by_sequences(const Walk& w, i64 pieces, const F& work) {
  parallel_for(pieces, [&](i64 piece) { work(piece, w.batch * piece / pieces, w.batch * (piece + 1) / pieces); });
}

// Memory of a task, cut into parts.
struct Parts {
  float* next;
  float* take(i64 floats) {
    float* part = next;
    next += up(floats, 16) * 16;
    return part;
  }
  static i64 size(std::initializer_list<i64> parts) {
    i64 all = 0;
    for (const i64 floats : parts) all += up(floats, 16) * 16;
    return all;
  }
};

// Whether the walk takes the products with x too, and all gradients: their weights and sums fit into the cache.
bool takes_inputs(const Walk& w, i64 inputs) { return (w.units + inputs) * gates_of(w.cell) * w.units <= kFewWeights; }

// x as contiguous rows; `copy` holds them where they do not lie so.
const float* contiguous(const Walk& w, i64 inputs, std::unique_ptr<float[]>& copy) {
  if (w.x_sequence == inputs && w.x_step == w.batch * inputs) return w.x;
  copy.reset(new float[static_cast<std::size_t>(w.steps * w.batch * inputs)]);
  for (i64 t = 0; t < w.steps; ++t)
    for (i64 s = 0; s < w.batch; ++s)
      std::copy_n(w.x + t * w.x_step + s * w.x_sequence, inputs, copy.get() + (t * w.batch + s) * inputs);
  return copy.get();
}

void begin(const float* last, float* d, i64 size) {
  if (last) std::copy(last, last + size, d);
  else std::fill(d, d + size, 0.0f);
}

// The walk back, which leaves the gradients by the gates; then the products of all steps at once.
void back_by_steps(const Back& b, WalkBack& back) {
  const Walk& w = back.walk;
  const i64 gates = gates_of(w.cell) * w.units, rows = w.steps * w.batch, state = w.batch * w.units;
  const RecurrenceKernels& k = recurrence_kernels();
  const bool gru = w.cell == Cell::gru;
  const std::unique_ptr<float[]> da(new float[static_cast<std::size_t>((gru ? 2 : 1) * rows * gates)]);
  back.da = da.get();
  back.du = gru ? da.get() + rows * gates : da.get();
  by_sequences(w, pieces_of(w), [&](i64, i64 from, i64 to) {
    k.walk_back(back, from, to, nullptr, scratch(k.scratch(w, to - from, true)));
  });
  std::unique_ptr<float[]> copy;
  const float* x = contiguous(w, b.inputs, copy);
  run_linear_backward({rows, b.inputs, gates, x, b.W_ih, back.da, back.dx, b.dW_ih, b.db_ih});
  if (!b.dW_hh) return;
  // Of the states before each step: the first, and all but the last.
  const float* first = back.du + (w.reverse ? (w.steps - 1) * w.batch * gates : 0);
  const float* rest = back.du + (w.reverse ? 0 : w.batch * gates);
  const float* states = w.h + (w.reverse ? state : 0);
  run_gemm({true, false, gates, w.units, w.batch, first, gates, w.h0, w.units, b.dW_hh, w.units, nullptr, false});
  if (w.steps > 1)
    run_gemm({true, false, gates, w.units, rows - w.batch, rest, gates, states, w.units, b.dW_hh, w.units, nullptr,
              true});
  if (gru) gemm_kernels().sum_rows(back.du, gates, rows, gates, b.db_hh);
}

// The sums of all pieces become the gradients by the weights, a part of the gates in each chunk.
void spread(const Back& b, const Walk& w, const float* sums, i64 pieces) {
  const RecurrenceKernels& k = recurrence_kernels();
  const i64 H = w.units, I = b.inputs, gates = gates_of(w.cell) * H, rows = rows_of_sums(w), units = up(gates, 16);
  const i64 chunks = std::min(pieces, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 first = units * chunk / chunks * 16, last = std::min(units * (chunk + 1) / chunks * 16, gates);
    const auto put = [&](i64 from, i64 to, float* out) {
      k.sum_transposed(sums, pieces, rows, gates, from, to, first, last, out);
    };
    put(0, H, b.dW_hh);
    put(H, H + 1, w.cell == Cell::gru ? b.db_hh : b.db_ih);
    put(H + 1, H + 1 + I, b.dW_ih);
    if (w.cell == Cell::gru) put(H + 1 + I, H + 2 + I, b.db_ih);
  });
}

}  // namespace

// Few weights stay in the second-level cache, and the walk takes both products, so that the gates are written once;
// else the product of the inputs comes first, of all steps at once.
void run_recurrence(const Forth& f) {
  Walk w = f.walk;
  const RecurrenceKernels& k = recurrence_kernels();
  const bool gru = w.cell == Cell::gru, whole = takes_inputs(w, f.inputs);
  const i64 H = w.units, gates = gates_of(w.cell) * H, kept = kept_gates_of(w.cell) * H, inputs = whole ? f.inputs : 0;
  const i64 depth = H + (gru ? 0 : inputs);
  const i64 of_h = k.packed(gates, depth), of_x = gru ? k.packed(gates, inputs) : 0;
  Parts parts{task_scratch(Parts::size({of_h, of_x, gates}))};
  float *W = parts.take(of_h), *W_x = parts.take(of_x), *b = parts.take(gates);
  const float* bias = f.b_ih;
  if (f.b_hh && !gru) {  // both at once; a GRU's b_hh is within a product with r
    for (i64 j = 0; j < gates; ++j) b[j] = f.b_ih[j] + f.b_hh[j];
    bias = b;
  }
  k.pack(f.W_hh, gates, H, true, depth, 0, W);
  w.W = W;
  w.W_x = W_x;
  w.b = gru ? f.b_hh : whole ? bias : nullptr;
  w.b_x = f.b_ih;
  w.inputs = inputs;
  if (whole && gru) {
    k.pack(f.W_ih, gates, inputs, true, inputs, 0, W_x);
  } else if (whole) {
    k.pack(f.W_ih, gates, inputs, true, depth, H, W);
  } else {
    std::unique_ptr<float[]> copy;
    const float* x = contiguous(w, f.inputs, copy);
    float* out = w.gates ? w.gates : w.h;
    run_gemm({false, true, w.steps * w.batch, gates, f.inputs, x, f.inputs, f.W_ih, f.inputs, out, kept, bias, false});
  }
  by_sequences(w, pieces_forth(w), [&](i64, i64 from, i64 to) {
    k.walk(w, from, to, scratch(k.scratch(w, to - from, false)));
  });
}

void run_recurrence_backward(const Back& b) {
  WalkBack back = b.back;
  Walk& w = back.walk;
  const RecurrenceKernels& k = recurrence_kernels();
  const bool whole = takes_inputs(w, b.inputs);
  w.inputs = whole ? b.inputs : 0;
  const i64 H = w.units, gates = gates_of(w.cell) * H, pieces = pieces_of(w);
  const i64 of_h = k.packed(H, gates), of_x = whole && back.dx ? k.packed(b.inputs, gates) : 0;
  const i64 of_piece = whole && b.dW_hh ? rows_of_sums(w) * gates : 0;
  Parts parts{task_scratch(Parts::size({of_h, of_x, pieces * of_piece}))};
  float *W = parts.take(of_h), *W_x = parts.take(of_x), *sums = parts.take(pieces * of_piece);
  k.pack(b.W_hh, gates, H, false, gates, 0, W);
  w.W = W;
  w.W_x = nullptr;
  begin(b.dh_last, back.dh, w.batch * H);
  if (back.dc) begin(b.dc_last, back.dc, w.batch * H);
  if (!whole) return back_by_steps(b, back);
  if (of_x) {
    k.pack(b.W_ih, gates, b.inputs, false, gates, 0, W_x);
    w.W_x = W_x;
  }
  by_sequences(w, pieces, [&](i64 piece, i64 from, i64 to) {
    float* own = of_piece ? sums + piece * of_piece : nullptr;
    k.walk_back(back, from, to, own, scratch(k.scratch(w, to - from, true)));
  });
  if (of_piece) spread(b, w, sums, pieces);
}

}  // namespace pellucid
