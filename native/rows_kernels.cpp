// Softmax, its logarithm, their gradients, and the cross-entropy.
//
// What is worked on at once is a block, copied into scratch as whole vectors. Rows of few columns (the classes of
// most classifiers) lie side by side in it, VL rows at once: vector j holds column j of each row, and a row's maximum
// or sum is an ordinary maximum or sum of vectors. Of wider rows a block holds one: vector j holds the columns from
// j VL on, and the lanes are reduced at the end. The copy costs about a tenth of the exponentials, and spares every
// kernel the part of a row that does not fill a vector. Sums of a wide row run in runs of 64 vectors, whose sums are
// added: the error grows with the 64 and the number of runs, not with the length.
#include "rows.h"

#include "vecmath.h"

namespace {

using pellucid::CrossEntropy;

constexpr i64 NARROW = 3 * VL;  // columns up to which VL rows side by side are faster

INLINE v larger(v a, v b) { return choose(b > a, b, a); }  // a NaN is passed over: its exponential carries it on

// --- blocks: SIDE says whether VL rows lie side by side -------------------------------------------------------------

INLINE i64 vectors(bool side, i64 columns) { return side ? columns : ceil_div(columns, VL); }

template <bool SIDE>
INLINE void read(float* b, const float* x, i64 rows, i64 columns, float padding) {
  if (SIDE) {
    for (i64 r = 0; r < rows; ++r)
      for (i64 j = 0; j < columns; ++j) b[j * VL + r] = x[r * columns + j];
    for (i64 r = rows; r < VL; ++r)
      for (i64 j = 0; j < columns; ++j) b[j * VL + r] = 0;
  } else {
    const i64 whole = columns / VL * VL;
    for (i64 j = 0; j < whole; j += VL) store(b + j, load(x + j));
    if (whole < columns) {
      store(b + whole, all(padding));
      for (i64 j = whole; j < columns; ++j) b[j] = x[j];
    }
  }
}

template <bool SIDE>
INLINE void write(float* y, const float* b, i64 rows, i64 columns) {
  if (SIDE) {
    for (i64 r = 0; r < rows; ++r)
      for (i64 j = 0; j < columns; ++j) y[r * columns + j] = b[j * VL + r];
  } else {
    const i64 whole = columns / VL * VL;
    for (i64 j = 0; j < whole; j += VL) store(y + j, load(b + j));
    for (i64 j = whole; j < columns; ++j) y[j] = b[j];
  }
}

// What belongs to rows: a vector of one number for each row, or the same number in every lane.
template <bool SIDE>
INLINE v read_of_rows(const float* p, i64 rows) {
  return !SIDE ? all(*p) : rows == VL ? load(p) : load_part(p, rows);
}

template <bool SIDE>
INLINE void write_of_rows(float* p, v x, i64 rows) {
  if (!SIDE) *p = x[0];
  else if (rows == VL) store(p, x);
  else store_part(p, x, rows);
}

template <bool SIDE, typename F>
INLINE v sum_of_rows(i64 n, const F& f) {
  v total = {};
  for (i64 j = 0; j < n;) {
    const i64 end = smaller(j + 64, n);
    v run = {};
    for (; j < end; ++j) run += f(j);
    total += run;
  }
  if (SIDE) return total;
  float t[VL];
  store(t, total);
  for (int half = VL / 2; half; half /= 2)
    for (int i = 0; i < half; ++i) t[i] += t[i + half];
  return all(t[0]);
}

template <bool SIDE>
INLINE v max_of_rows(i64 n, const float* b) {
  v m = all(-kInfinity);
  for (i64 j = 0; j < n; ++j) m = larger(m, load(b + j * VL));
  if (SIDE) return m;
  float t[VL];
  store(t, m);
  for (int half = VL / 2; half; half /= 2)
    for (int i = 0; i < half; ++i) t[i] = t[i] > t[i + half] ? t[i] : t[i + half];
  return all(t[0]);
}

// --- the kernels ----------------------------------------------------------------------------------------------------

template <bool SIDE>
void softmax_block(i64 rows, i64 columns, const float* x, float* y, float* b) {
  read<SIDE>(b, x, rows, columns, -kInfinity);
  const i64 n = vectors(SIDE, columns);
  const v m = max_of_rows<SIDE>(n, b);
  const v s = sum_of_rows<SIDE>(n, [&](i64 j) {
    const v e = exp(load(b + j * VL) - m);
    store(b + j * VL, e);
    return e;
  });
  for (i64 j = 0; j < n; ++j) store(b + j * VL, load(b + j * VL) / s);
  write<SIDE>(y, b, rows, columns);
}

template <bool SIDE>
void log_softmax_block(i64 rows, i64 columns, const float* x, float* y, float* b) {
  read<SIDE>(b, x, rows, columns, -kInfinity);
  const i64 n = vectors(SIDE, columns);
  const v m = max_of_rows<SIDE>(n, b);
  const v l = log(sum_of_rows<SIDE>(n, [&](i64 j) { return exp(load(b + j * VL) - m); }));
  for (i64 j = 0; j < n; ++j) store(b + j * VL, load(b + j * VL) - m - l);
  write<SIDE>(y, b, rows, columns);
}

template <bool SIDE>
void logsumexp_block(i64 rows, i64 columns, const float* x, float* y, float* b) {
  read<SIDE>(b, x, rows, columns, -kInfinity);
  const i64 n = vectors(SIDE, columns);
  v m = max_of_rows<SIDE>(n, b);
  m = choose((m == -kInfinity) | (m == kInfinity), v{}, m);  // else inf - inf
  const v l = log(sum_of_rows<SIDE>(n, [&](i64 j) { return exp(load(b + j * VL) - m); })) + m;
  write_of_rows<SIDE>(y, l, rows);
}

template <bool SIDE>
void softmax_backward_block(i64 rows, i64 columns, const float* y, const float* dy, float* dx, float* b) {
  const i64 n = vectors(SIDE, columns);
  float* d = b + n * VL;
  read<SIDE>(b, y, rows, columns, 0);
  read<SIDE>(d, dy, rows, columns, 0);
  const v s = sum_of_rows<SIDE>(n, [&](i64 j) { return load(b + j * VL) * load(d + j * VL); });
  for (i64 j = 0; j < n; ++j) store(d + j * VL, load(b + j * VL) * (load(d + j * VL) - s));
  write<SIDE>(dx, d, rows, columns);
}

template <bool SIDE>
void log_softmax_backward_block(i64 rows, i64 columns, const float* y, const float* dy, float* dx, float* b) {
  const i64 n = vectors(SIDE, columns);
  float* d = b + n * VL;
  read<SIDE>(b, y, rows, columns, 0);
  read<SIDE>(d, dy, rows, columns, 0);
  const v s = sum_of_rows<SIDE>(n, [&](i64 j) { return load(d + j * VL); });
  for (i64 j = 0; j < n; ++j) store(d + j * VL, load(d + j * VL) - exp(load(b + j * VL)) * s);
  write<SIDE>(dx, d, rows, columns);
}

// l = log sum e^(z - m) - (z_t - m)
template <bool SIDE>
bool cross_entropy_block(const CrossEntropy& c, i64 from, i64 rows, float* losses, float* b) {
  read<SIDE>(b, c.z + from * c.columns, rows, c.columns, -kInfinity);
  const i64 n = vectors(SIDE, c.columns);
  const v m = max_of_rows<SIDE>(n, b);
  const v l = log(sum_of_rows<SIDE>(n, [&](i64 j) { return exp(load(b + j * VL) - m); }));
  write_of_rows<SIDE>(c.m + from, m, rows);
  write_of_rows<SIDE>(c.log_sum + from, l, rows);
  bool good = true;
  for (i64 i = from; i < from + rows; ++i) {
    const bool in_range = c.t[i] >= 0 && c.t[i] < c.columns;
    good = good && in_range;
    losses[i] = c.log_sum[i] - ((in_range ? c.z[i * c.columns + c.t[i]] : 0) - c.m[i]);
  }
  return good;
}

// dz = (e^(z - m - log sum) - onehot(t)) dy
template <bool SIDE>
bool cross_entropy_backward_block(const CrossEntropy& c, i64 from, i64 rows, const float* dy, float dy_of_all,
                                  float* dz, float* b) {
  read<SIDE>(b, c.z + from * c.columns, rows, c.columns, 0);
  const i64 n = vectors(SIDE, c.columns);
  const v m = read_of_rows<SIDE>(c.m + from, rows), l = read_of_rows<SIDE>(c.log_sum + from, rows);
  const v d = dy ? read_of_rows<SIDE>(dy + from, rows) : all(dy_of_all);
  for (i64 j = 0; j < n; ++j) store(b + j * VL, exp(load(b + j * VL) - m - l));
  bool good = true;
  for (i64 r = 0; r < rows; ++r) {
    const i64 t = c.t[from + r];
    const bool in_range = t >= 0 && t < c.columns;
    good = good && in_range;
    if (in_range) b[SIDE ? t * VL + r : t] -= 1;
  }
  for (i64 j = 0; j < n; ++j) store(b + j * VL, load(b + j * VL) * d);
  write<SIDE>(dz + from * c.columns, b, rows, c.columns);
  return good;
}

// --- all rows of a chunk --------------------------------------------------------------------------------------------

template <bool VALUE>
struct Bool {
  static constexpr bool value = VALUE;
};

// Calls f(side, first row, number of rows) for each block.
template <typename F>
INLINE void every_block(i64 rows, i64 columns, const F& f) {
  if (columns <= NARROW)
    for (i64 i = 0; i < rows; i += VL) f(Bool<true>(), i, smaller(VL, rows - i));
  else
    for (i64 i = 0; i < rows; ++i) f(Bool<false>(), i, 1);
}

void softmax(i64 rows, i64 columns, const float* x, float* y, float* b) {
  every_block(rows, columns, [&](auto side, i64 i, i64 count) {
    softmax_block<decltype(side)::value>(count, columns, x + i * columns, y + i * columns, b);
  });
}

void log_softmax(i64 rows, i64 columns, const float* x, float* y, float* b) {
  every_block(rows, columns, [&](auto side, i64 i, i64 count) {
    log_softmax_block<decltype(side)::value>(count, columns, x + i * columns, y + i * columns, b);
  });
}

void logsumexp(i64 rows, i64 columns, const float* x, float* y, float* b) {
  every_block(rows, columns, [&](auto side, i64 i, i64 count) {
    logsumexp_block<decltype(side)::value>(count, columns, x + i * columns, y + i, b);
  });
}

void softmax_backward(i64 rows, i64 columns, const float* y, const float* dy, float* dx, float* b) {
  every_block(rows, columns, [&](auto side, i64 i, i64 count) {
    const i64 at = i * columns;
    softmax_backward_block<decltype(side)::value>(count, columns, y + at, dy + at, dx + at, b);
  });
}

void log_softmax_backward(i64 rows, i64 columns, const float* y, const float* dy, float* dx, float* b) {
  every_block(rows, columns, [&](auto side, i64 i, i64 count) {
    const i64 at = i * columns;
    log_softmax_backward_block<decltype(side)::value>(count, columns, y + at, dy + at, dx + at, b);
  });
}

bool cross_entropy(const CrossEntropy& c, float* losses, float* b) {
  bool good = true;
  every_block(c.rows, c.columns, [&](auto side, i64 i, i64 count) {
    good = cross_entropy_block<decltype(side)::value>(c, i, count, losses, b) && good;
  });
  return good;
}

bool cross_entropy_backward(const CrossEntropy& c, const float* dy, float dy_of_all, float* dz, float* b) {
  bool good = true;
  every_block(c.rows, c.columns, [&](auto side, i64 i, i64 count) {
    good = cross_entropy_backward_block<decltype(side)::value>(c, i, count, dy, dy_of_all, dz, b) && good;
  });
  return good;
}

i64 row_scratch(i64 columns) { return 2 * VL * vectors(columns <= NARROW, columns) + VL; }

}  // namespace

PELLUCID_DEFINE_TABLE(RowKernels, row_kernels) = {
    softmax,       log_softmax,   logsumexp, softmax_backward, log_softmax_backward,
    cross_entropy, cross_entropy_backward,   row_scratch,      VL,
};
