// Attention fused with its softmax: Y = softmax(scale Q K^T + mask) V, block by block, so that no matrix of all queries
// times all keys is ever made.
#pragma once

#include "dropout.h"
#include "isa.h"

namespace pellucid {

// Matrices (batch, heads, rows, columns) at strides in floats; the columns lie side by side.
template <typename T>
struct Heads {
  T* data;
  i64 batch, head, row;
  T* of(i64 b, i64 h) const { return data + b * batch + h * head; }
};

struct Attention {
  i64 batch, heads, queries, keys, features, values;  // values: the columns of V
  Heads<const float> q, k, v;
  Heads<const float> mask;  // (batch, heads, queries, keys), strides of 0 where it is the same for all; data may be null
  bool causal;              // query i sees the keys 0 to i
  float scale;
  bool drops;
  Dropout dropout;  // its places are those of the scores, as if these lay in memory
  Heads<float> y;
  float* l;  // (batch, heads, queries): log sum e^score, from which the gradient computes the weights anew
};

struct AttentionGradient {
  Attention forward;
  Heads<const float> dy;
  Heads<float> dq, dk, dv;
};

// Scores of some queries and some keys, not yet scaled; their rows lie `stride` apart, room for whole vectors.
struct ScoreBlock {
  i64 rows, columns;
  i64 first_row, first_column;
  float* s;
  i64 stride;
  const float* mask;  // of the first row and column, or null
  i64 mask_row;
  bool causal;
  float scale;
  bool drops;
  Dropout dropout;  // `first` is the place of the first row and column
  i64 places;       // from row to row
};

struct AttentionKernels {
  // Scores become e^(score - max), dropped; max and sum (rows,) and what was added up in y, at another max, follow.
  void (*weigh)(const ScoreBlock& b, float* max, float* sum, float* y, i64 y_row, i64 y_columns);
  // y /= sum, l = max + log sum; a query that saw no key has l = -inf and zeros.
  void (*finish)(i64 rows, i64 columns, const float* max, const float* sum, float* y, i64 y_row, float* l);
  // delta (rows,) = the sum of x w along the columns
  void (*dots)(i64 rows, i64 columns, const float* x, i64 x_row, const float* w, i64 w_row, float* delta);
  // Scores become the dropped weights D, and dp (rows as of the scores), dL/dD, becomes scale (D dp - P delta).
  void (*weigh_backward)(const ScoreBlock& b, const float* l, const float* delta, float* dp);
};
PELLUCID_DECLARE_TABLE(AttentionKernels, attention_kernels)

// Whole tasks: forward cut by blocks of queries, backward by heads.
void run_attention(const Attention& a);
void run_attention_backward(const AttentionGradient& g);

}  // namespace pellucid
