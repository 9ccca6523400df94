// What attention does to a block of scores between its products.
//
// Loop order: the rows (queries) of a block, and along each the keys in vectors: once for the scores and their maximum,
// once for the exponentials and their sum. A row of a block stays in the first-level cache. Of a row that earlier blocks
// have added to, the result is brought to the new maximum. Vectors of a causal block that no query sees are not
// computed, they become zeros; lanes beyond the last key count as -inf.
#include "attention.h"

#include "dropout_words.h"
#include "vecmath.h"

namespace {

using pellucid::ScoreBlock;

INLINE v get(const float* p, i64 count) { return count >= VL ? load(p) : load_part(p, count); }
INLINE void put(float* p, v x, i64 count) {
  if (count >= VL) store(p, x);
  else store_part(p, x, count);
}

INLINE v first_lanes(v x, i64 n, float others) {
  vi lane;
  for (int i = 0; i < VL; ++i) lane[i] = i;
  return choose(lane < static_cast<std::int32_t>(n), x, all(others));
}

INLINE float sum_of_lanes(v x) {
  float lanes[VL];
  store(lanes, x);
  for (int half = VL / 2; half; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

INLINE v larger(v a, v b) { return choose(b > a, b, a); }  // a NaN is passed over: its exponential carries it on
INLINE float largest_lane(v x) {
  float lanes[VL];
  store(lanes, x);
  for (int half = VL / 2; half; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
  return lanes[0];
}

// How many keys of the block the query of row r sees.
INLINE i64 seen(const ScoreBlock& b, i64 r) {
  const i64 n = b.causal ? b.first_row + r - b.first_column + 1 : b.columns;
  return n < 0 ? 0 : smaller(n, b.columns);
}

// The scores of row r from column j on.
INLINE v score(const ScoreBlock& b, i64 r, i64 j, i64 n) {
  v s = load(b.s + r * b.stride + j) * b.scale;
  if (b.mask) s += get(b.mask + r * b.mask_row + j, b.columns - j);
  return j + VL <= n ? s : first_lanes(s, n - j, -kInfinity);
}

// x, dropped; `c` is the counter of its places.
INLINE v dropped(const ScoreBlock& b, v x, words c) {
  return x * choose(kept(b.dropout, c), all(b.dropout.scale), v{});
}

void weigh(const ScoreBlock& given, float* max, float* sum, float* y, i64 y_row, i64 y_columns) {
  const ScoreBlock b = given;  // a copy that stores cannot change
  for (i64 r = 0; r < b.rows; ++r) {
    const i64 n = seen(b, r), end = ceil_div(n, VL) * VL;
    float* s = b.s + r * b.stride;
    v most = all(max[r]);
    for (i64 j = 0; j < end; j += VL) {
      const v x = score(b, r, j, n);
      store(s + j, x);
      most = larger(most, x);
    }
    const float m = largest_lane(most), shift = m == -kInfinity ? 0 : m;
    v total = {};
    words c = counter(b.dropout, b.dropout.first + r * b.places);
    for (i64 j = 0; j < end; j += VL, c += VL * APART) {
      const v e = exp(load(s + j) - shift);
      total += e;
      store(s + j, b.drops ? dropped(b, e, c) : e);
    }
    for (i64 j = end; j < b.columns; j += VL) store(s + j, v{});
    if (y) {
      const v factor = exp(all(max[r] - shift));  // 0 where no key was seen before
      sum[r] = sum[r] * factor[0] + sum_of_lanes(total);
      if (m != max[r])
        for (i64 j = 0; j < y_columns; j += VL) put(y + r * y_row + j, get(y + r * y_row + j, y_columns - j) * factor, y_columns - j);
    } else {
      sum[r] = sum_of_lanes(total);
    }
    max[r] = m;
  }
}

void finish(i64 rows, i64 columns, const float* max, const float* sum, float* y, i64 y_row, float* l) {
  for (i64 r = 0; r < rows; ++r) {
    const v factor = all(max[r] == -kInfinity && sum[r] == 0 ? 0 : 1 / sum[r]);
    for (i64 j = 0; j < columns; j += VL) put(y + r * y_row + j, get(y + r * y_row + j, columns - j) * factor, columns - j);
  }
  for (i64 r = 0; r < rows; r += VL) put(l + r, log(get(sum + r, rows - r)) + get(max + r, rows - r), rows - r);
}

void dots(i64 rows, i64 columns, const float* x, i64 x_row, const float* w, i64 w_row, float* delta) {
  for (i64 r = 0; r < rows; ++r) {
    v total = {};
    for (i64 j = 0; j < columns; j += VL) total += get(x + r * x_row + j, columns - j) * get(w + r * w_row + j, columns - j);
    delta[r] = sum_of_lanes(total);
  }
}

void weigh_backward(const ScoreBlock& given, const float* l, const float* delta, float* dp) {
  const ScoreBlock b = given;
  for (i64 r = 0; r < b.rows; ++r) {
    const i64 n = seen(b, r), end = ceil_div(n, VL) * VL;
    float *s = b.s + r * b.stride, *d = dp + r * b.stride;
    const float shift = l[r] == -kInfinity ? 0 : l[r], of_row = delta[r];
    words c = counter(b.dropout, b.dropout.first + r * b.places);
    for (i64 j = 0; j < end; j += VL, c += VL * APART) {
      const v weight = exp(score(b, r, j, n) - shift), kept_weight = b.drops ? dropped(b, weight, c) : weight;
      store(s + j, kept_weight);
      store(d + j, (kept_weight * load(d + j) - weight * of_row) * b.scale);
    }
    for (i64 j = end; j < b.columns; j += VL) store(s + j, v{}), store(d + j, v{});
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(AttentionKernels, attention_kernels) = {weigh, finish, dots, weigh_backward};
