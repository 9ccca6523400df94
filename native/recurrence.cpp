#include "recurrence.h"

#include <algorithm>
#include <vector>

#include "gemm.h"
#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

constexpr i64 kFewWeights = 32768;  // 128 KB
constexpr i64 kFewInputs = 15;      // fewer than a vector of AVX-512, one of them being the bias

i64 up(i64 a, i64 b) { return (a + b - 1) / b; }

// Calls work(from, to) for pieces of the batch. Sequences are computed alike however they are cut, so that there may be
// as many pieces as threads; a piece of fewer than four sequences reads the weights for too little.
template <typename F>
void by_sequences(const Walk& w, const F& work) {
  constexpr i64 kFewest = 4;
  const i64 operations = 2 * w.steps * w.batch * w.units * w.units * gates_of(w.cell);
  const i64 threads = operations < 120000 ? 1 : thread_count(), most = up(w.batch, kFewest);
  const i64 chunks = threads < most ? threads : most;
  parallel_for(chunks, [&](i64 chunk) { work(w.batch * chunk / chunks, w.batch * (chunk + 1) / chunks); });
}

std::vector<float> packed(const float* W, i64 rows, i64 columns, bool transpose) {
  const RecurrenceKernels& k = recurrence_kernels();
  std::vector<float> out(static_cast<std::size_t>(k.packed(rows, columns, transpose)));
  k.pack(W, rows, columns, transpose, out.data());
  return out;
}

// dW_ih and db_ih of few inputs, whose columns would fill a small part of a vector: their transpose (inputs + 1, gates)
// = (x, 1)^T da, in one pass over da.
void few_inputs(const Back& b, i64 rows, i64 gates) {
  const i64 n = b.inputs, wide = n + 1;
  std::vector<float> x(static_cast<std::size_t>(rows * wide)), d(static_cast<std::size_t>(wide * gates));
  for (i64 i = 0; i < rows; ++i) {
    std::copy(b.x + i * n, b.x + (i + 1) * n, x.data() + i * wide);
    x[static_cast<std::size_t>(i * wide + n)] = 1;
  }
  run_gemm({true, false, wide, gates, rows, x.data(), wide, b.back.da, gates, d.data(), gates, nullptr, false});
  for (i64 j = 0; j < gates; ++j)
    for (i64 i = 0; i < n; ++i) b.dW_ih[j * n + i] = d[static_cast<std::size_t>(i * gates + j)];
  std::copy(d.end() - gates, d.end(), b.db_ih);
}

void begin(const float* last, float* d, i64 size) {
  if (last) std::copy(last, last + size, d);
  else std::fill(d, d + size, 0.0f);
}

}  // namespace

// The product of the inputs, of all steps at once; then the walk. Few weights stay in the second-level cache beside W_hh,
// and the walk takes both products, so that the gates are written once.
void run_recurrence(const Forth& f) {
  Walk w = f.walk;
  const i64 gates = gates_of(w.cell) * w.units, rows = w.steps * w.batch, kept = kept_gates_of(w.cell) * w.units;
  std::vector<float> b;
  const float* bias = f.b_ih;
  if (f.b_hh && w.cell != Cell::gru) {  // both at once; a GRU's b_hh is within a product with r
    b.assign(f.b_ih, f.b_ih + gates);
    for (i64 j = 0; j < gates; ++j) b[static_cast<std::size_t>(j)] += f.b_hh[j];
    bias = b.data();
  }
  std::vector<float> W_x;
  if (f.inputs * gates <= kFewWeights) {
    W_x = packed(f.W_ih, gates, f.inputs, true);
    w.x = f.x;
    w.inputs = f.inputs;
    w.W_x = W_x.data();
    w.b_x = bias;
  } else {
    float* out = w.gates ? w.gates : w.h;
    run_gemm({false, true, rows, gates, f.inputs, f.x, f.inputs, f.W_ih, f.inputs, out, kept, bias, false});
  }
  const std::vector<float> W = packed(f.W_hh, gates, w.units, true);
  w.W = W.data();
  w.b = f.b_hh;
  const RecurrenceKernels& k = recurrence_kernels();
  by_sequences(w, [&](i64 from, i64 to) { k.walk(w, from, to, scratch(k.scratch(w))); });
}

// The walk back, which leaves the gradients by the gates; then the products of all steps at once.
void run_recurrence_backward(const Back& b) {
  WalkBack back = b.back;
  const Walk& w = back.walk;
  const i64 gates = gates_of(w.cell) * w.units, rows = w.steps * w.batch, state = w.batch * w.units;
  const std::vector<float> W = packed(b.W_hh, gates, w.units, false);
  back.walk.W = W.data();
  begin(b.dh_last, back.dh, state);
  if (back.dc) begin(b.dc_last, back.dc, state);
  by_sequences(w, [&](i64 from, i64 to) { recurrence_kernels().walk_back(back, from, to); });
  const bool few = b.inputs < kFewInputs && b.dW_ih && b.db_ih;
  run_linear_backward({rows, b.inputs, gates, b.x, b.W_ih, back.da, b.dx, few ? nullptr : b.dW_ih, few ? nullptr : b.db_ih});
  if (few) few_inputs(b, rows, gates);
  if (b.dW_hh) {  // of the states before each step: the first, and all but the last
    const float* first = back.du + (w.reverse ? (w.steps - 1) * w.batch * gates : 0);
    const float* rest = back.du + (w.reverse ? 0 : w.batch * gates);
    const float* states = w.h + (w.reverse ? state : 0);
    run_gemm({true, false, gates, w.units, w.batch, first, gates, w.h0, w.units, b.dW_hh, w.units, nullptr, false});
    if (w.steps > 1)
      run_gemm({true, false, gates, w.units, rows - w.batch, rest, gates, states, w.units, b.dW_hh, w.units, nullptr,
                true});
  }
  if (b.db_hh) gemm_kernels().sum_rows(back.du, gates, rows, gates, b.db_hh);
}

}  // namespace pellucid
