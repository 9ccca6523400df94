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
// it. It holds the product of the inputs when a walk begins, unless the walk takes that too: where `inputs` is not 0.
// Where a sequence is over its state waits.
struct Walk {
  Cell cell;
  i64 steps, batch, units;
  bool reverse;
  const std::int64_t* lengths;  // (batch,), or null
  i64 inputs;                   // of x that the walk reads
  const float* x;               // rows of inputs, which lie where these strides say
  i64 x_step, x_sequence;
  // In panels. Forth: W_hh^T, and below it W_ih^T where there are inputs; of a GRU the latter is W_x. Back: W_hh, and W_x
  // is W_ih where dx is wanted.
  const float *W, *W_x;
  const float *b, *b_x;         // forth: of the products with W and W_x; may be null
  const float *h0, *c0;         // c0 and c of an LSTM alone
  float *gates, *c, *h;         // on the way back they are only read
};

// On the way back dh and dc (batch, units) hold the gradients by the last states, and in the end those by the first. da
// and du (steps, batch, gates units) become the gradients by the gates' products of x and of h, which differ for a GRU
// alone; where they are null, the walk itself sums up the gradients by the weights.
struct WalkBack {
  Walk walk;
  const float* dy;  // (steps, batch, units), or null; rows lie where these strides say
  i64 dy_step, dy_sequence;
  float *dh, *dc, *da, *du;
  float* dx;        // (steps, batch, inputs), or null; of walks with inputs
};

// Where the walk back sums: the rows of sums (rows, gates units) are dW_hh^T, db, dW_ih^T; of a GRU the first db is that
// by b_hh, and the one by b_ih comes last.
inline i64 rows_of_sums(const Walk& w) { return w.units + w.inputs + (w.cell == Cell::gru ? 2 : 1); }

struct RecurrenceKernels {
  // Sequences from ... to - 1 through all steps. sums may be null.
  void (*walk)(const Walk& w, i64 from, i64 to, float* scratch);
  void (*walk_back)(const WalkBack& b, i64 from, i64 to, float* sums, float* scratch);
  i64 (*scratch)(const Walk& w, i64 sequences, bool back);
  // A matrix (rows, columns) in panels of whole vectors, or its transpose. Panels are `depth` rows deep, of which those
  // of the matrix begin at row `at`.
  void (*pack)(const float* W, i64 rows, i64 columns, bool transpose, i64 depth, i64 at, float* out);
  i64 (*packed)(i64 width, i64 depth);  // floats that a packed matrix of so many columns takes
  // Rows from ... to - 1 of the sum of `count` matrices (rows, columns) that lie one behind the other, transposed to out
  // (columns, to - from): its rows first ... last - 1.
  void (*sum_transposed)(const float* parts, i64 count, i64 rows, i64 columns, i64 from, i64 to, i64 first, i64 last,
                         float* out);
};
PELLUCID_DECLARE_TABLE(RecurrenceKernels, recurrence_kernels)

// Whole tasks. x: (steps, batch, inputs), its rows at the walk's strides.
struct Forth {
  Walk walk;  // without weights
  i64 inputs;
  const float *W_ih, *W_hh, *b_ih, *b_hh;  // biases may be null
};
void run_recurrence(const Forth& f);

struct Back {
  WalkBack back;  // without W, da and du
  i64 inputs;
  const float *W_ih, *W_hh, *dh_last, *dc_last;  // the last two may be null: zeros
  float *dW_ih, *dW_hh, *db_ih, *db_hh;          // all or none; db_hh of a GRU alone, else it is db_ih
};
void run_recurrence_backward(const Back& b);

}  // namespace pellucid
