// Recurrent nets over whole sequences, both ways: RNN, LSTM and GRU without a projection.
#pragma once

#include "isa.h"

namespace pellucid {

enum class Cell { rnn_tanh, rnn_relu, lstm, gru };
inline i64 gates_of(Cell cell) { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }
inline i64 kept_gates_of(Cell cell) { return cell == Cell::gru ? 4 : gates_of(cell); }

// A walk through time. Arrays of steps are (steps, batch, width), states (batch, units).
//
// gates becomes, of an LSTM i, f, g and o, of a GRU r, z, n and the state's part of n; an RNN has none, and h stands for
// it. It holds the product of the inputs when a walk begins, unless there is x, whose product the walk then takes too.
// Where a sequence is over its state waits.
struct Walk {
  Cell cell;
  i64 steps, batch, units;
  bool reverse;
  const std::int64_t* lengths;  // (batch,), or null
  const float* W;               // W_hh, in panels: transposed on the way forth, as it is on the way back
  const float* b;               // of a GRU: b_hh, or null
  i64 inputs;
  const float *x, *W_x, *b_x;   // (steps, batch, inputs), W_ih^T in panels, a bias or null; x may be null
  const float *h0, *c0;         // c0 and c of an LSTM alone
  float *gates, *c, *h;         // on the way back they are only read
};

// On the way back dh and dc (batch, units) hold the gradients by the last states, and in the end those by the first. da
// and du (steps, batch, gates units): the gradients by the gates' products of x and of h; they differ for a GRU alone.
struct WalkBack {
  Walk walk;
  const float* dy;  // (steps, batch, units), or null; rows lie where these strides say
  i64 dy_step, dy_sequence;
  float *dh, *dc, *da, *du;
};

struct RecurrenceKernels {
  // Sequences from ... to - 1 through all steps.
  void (*walk)(const Walk& w, i64 from, i64 to, float* scratch);
  void (*walk_back)(const WalkBack& w, i64 from, i64 to);
  i64 (*scratch)(const Walk& w);
  // A matrix (rows, columns) in panels of whole vectors, for `walk_back`; its transpose, for `walk`.
  void (*pack)(const float* W, i64 rows, i64 columns, bool transpose, float* out);
  i64 (*packed)(i64 rows, i64 columns, bool transpose);  // floats that it takes
};
PELLUCID_DECLARE_TABLE(RecurrenceKernels, recurrence_kernels)

// Whole tasks. x: (steps * batch, inputs).
struct Forth {
  Walk walk;  // without weights
  i64 inputs;
  const float *x, *W_ih, *W_hh, *b_ih, *b_hh;  // biases may be null
};
void run_recurrence(const Forth& f);

struct Back {
  WalkBack back;  // without W
  i64 inputs;
  const float *x, *W_ih, *W_hh, *dh_last, *dc_last;  // the last two may be null: zeros
  float *dx, *dW_ih, *dW_hh, *db_ih, *db_hh;  // those that are not null are computed
};
void run_recurrence_backward(const Back& b);

}  // namespace pellucid
