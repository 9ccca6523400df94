// Attention, block by block (Dao et al., 2022): products are those of gemm.h, what lies between them that of
// attention_kernels.cpp. Blocks of scores stay in the second-level cache.
#include "attention.h"

#include "gemm.h"
#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

constexpr i64 kQueries = 128, kKeys = 128;  // of a block
constexpr i64 kExponential = 30;            // operations of what is done to one score between the products

i64 less(i64 a, i64 b) { return a < b ? a : b; }
i64 up(i64 a, i64 b) { return (a + b - 1) / b; }

// With few queries at a time, as in causal blocks, less is computed that nobody sees.
i64 rows_of_block(const Attention& a) { return a.causal ? kQueries / 2 : kQueries; }

struct Place {
  i64 b, h, i, rows, j, columns;
};

// C (rows, columns) = [C +] op(A) op(B)
Gemm product(bool ta, const float* A, i64 lda, bool tb, const float* B, i64 ldb, float* C, i64 ldc) {
  Gemm g{};
  g.transpose_a = ta;
  g.transpose_b = tb;
  g.A = A;
  g.lda = lda;
  g.B = B;
  g.ldb = ldb;
  g.C = C;
  g.ldc = ldc;
  return g;
}

void multiply(Gemm g, i64 M, i64 N, i64 K, bool accumulate, float* scratch) {
  g.M = M;
  g.N = N;
  g.K = K;
  g.accumulate = accumulate;
  gemm_kernels().gemm(g, scratch);
}

i64 gemm_scratch() { return gemm_kernels().scratch(Gemm{}); }

// Q K^T of a block, and what is needed to weigh it.
ScoreBlock scores(const Attention& a, const Place& p, float* s, float* scratch) {
  const float *q = a.q.of(p.b, p.h) + p.i * a.q.row, *k = a.k.of(p.b, p.h) + p.j * a.k.row;
  multiply(product(false, q, a.q.row, true, k, a.k.row, s, kKeys), p.rows, p.columns, a.features, false, scratch);
  ScoreBlock block{};
  block.rows = p.rows;
  block.columns = p.columns;
  block.first_row = p.i;
  block.first_column = p.j;
  block.s = s;
  block.stride = kKeys;
  if (a.mask.data) block.mask = a.mask.of(p.b, p.h) + p.i * a.mask.row + p.j;
  block.mask_row = a.mask.row;
  block.causal = a.causal;
  block.scale = a.scale;
  block.drops = a.drops;
  block.dropout = a.dropout;
  block.dropout.first = ((p.b * a.heads + p.h) * a.queries + p.i) * a.keys + p.j;
  block.places = a.keys;
  return block;
}

// How many keys the queries before `end` see at most.
i64 seen(const Attention& a, i64 end) { return a.causal ? less(a.keys, end) : a.keys; }

void forward(const Attention& a, i64 head, i64 i, i64 rows, float* memory) {
  float *s = memory, *max = s + kQueries * kKeys, *sum = max + kQueries, *scratch = sum + kQueries;
  Place p{head / a.heads, head % a.heads, i, rows, 0, 0};
  float* y = a.y.of(p.b, p.h) + i * a.y.row;
  for (i64 r = 0; r < rows; ++r) max[r] = -__builtin_inff(), sum[r] = 0;
  for (const i64 end = seen(a, i + rows); p.j < end; p.j += kKeys) {
    p.columns = less(kKeys, end - p.j);
    const ScoreBlock block = scores(a, p, s, scratch);
    attention_kernels().weigh(block, max, sum, p.j ? y : nullptr, a.y.row, a.values);
    const float* v = a.v.of(p.b, p.h) + p.j * a.v.row;
    multiply(product(false, s, kKeys, false, v, a.v.row, y, a.y.row), rows, a.values, p.columns, p.j > 0, scratch);
  }
  attention_kernels().finish(rows, a.values, max, sum, y, a.y.row, a.l + head * a.queries + i);
}

void clear(float* x, i64 row, i64 rows, i64 columns) {
  for (i64 r = 0; r < rows; ++r)
    for (i64 c = 0; c < columns; ++c) x[r * row + c] = 0;
}

// For each block of keys, all blocks of queries that see it: dK and dV of the keys, and their part of dQ.
void backward(const AttentionGradient& g, i64 head, float* memory) {
  const Attention& a = g.forward;
  float *s = memory, *dp = s + kQueries * kKeys, *delta = dp + kQueries * kKeys, *scratch = delta + a.queries;
  const i64 b = head / a.heads, h = head % a.heads, step = rows_of_block(a);
  const float *q = a.q.of(b, h), *k = a.k.of(b, h), *v = a.v.of(b, h), *dy = g.dy.of(b, h);
  float *dq = g.dq.of(b, h), *dk = g.dk.of(b, h), *dv = g.dv.of(b, h);
  attention_kernels().dots(a.queries, a.values, dy, g.dy.row, a.y.of(b, h), a.y.row, delta);
  for (i64 j = 0; j < a.keys; j += kKeys) {
    const i64 first = a.causal ? j / step * step : 0, width = less(kKeys, a.keys - j);
    if (first >= a.queries) {  // keys that no query sees
      clear(dk + j * g.dk.row, g.dk.row, width, a.features);
      clear(dv + j * g.dv.row, g.dv.row, width, a.values);
    }
    for (i64 i = first; i < a.queries; i += step) {
      const i64 rows = less(step, a.queries - i), columns = less(width, seen(a, i + rows) - j);
      const bool again = i > first;
      if (columns < width && !again) {  // the later queries that add to these keys find zeros
        clear(dk + (j + columns) * g.dk.row, g.dk.row, width - columns, a.features);
        clear(dv + (j + columns) * g.dv.row, g.dv.row, width - columns, a.values);
      }
      const float* dy_i = dy + i * g.dy.row;
      const ScoreBlock block = scores(a, {b, h, i, rows, j, columns}, s, scratch);
      multiply(product(false, dy_i, g.dy.row, true, v + j * a.v.row, a.v.row, dp, kKeys), rows, columns, a.values, false,
               scratch);
      attention_kernels().weigh_backward(block, a.l + head * a.queries + i, delta + i, dp);
      // dV += D^T dY, dK += dS^T Q, dQ += dS K. Columns that this block leaves out have been cleared or are added to.
      multiply(product(true, s, kKeys, false, dy_i, g.dy.row, dv + j * g.dv.row, g.dv.row), columns, a.values, rows,
               again, scratch);
      multiply(product(true, dp, kKeys, false, q + i * a.q.row, a.q.row, dk + j * g.dk.row, g.dk.row), columns,
               a.features, rows, again, scratch);
      multiply(product(false, dp, kKeys, false, k + j * a.k.row, a.k.row, dq + i * g.dq.row, g.dq.row), rows,
               a.features, columns, j > 0, scratch);
    }
  }
}

i64 operations(const Attention& a, i64 products) {
  return a.batch * a.heads * a.queries * a.keys * (products * (a.features + a.values) + kExponential);
}

}  // namespace

void run_attention(const Attention& a) {
  const i64 step = rows_of_block(a), blocks = up(a.queries, step), pieces = a.batch * a.heads * blocks;
  const i64 chunks = chunks_for(operations(a, 2), pieces), need = gemm_scratch() + kQueries * (kKeys + 2);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 piece = pieces * chunk / chunks; piece < pieces * (chunk + 1) / chunks; ++piece) {
      const i64 i = piece % blocks * step;
      forward(a, piece / blocks, i, less(step, a.queries - i), scratch(need));
    }
  });
}

void run_attention_backward(const AttentionGradient& g) {
  const Attention& a = g.forward;
  const i64 heads = a.batch * a.heads, chunks = chunks_for(operations(a, 5), heads);
  const i64 need = gemm_scratch() + 2 * kQueries * kKeys + a.queries;
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 head = heads * chunk / chunks; head < heads * (chunk + 1) / chunks; ++head)
      backward(g, head, scratch(need));
  });
}

}  // namespace pellucid
