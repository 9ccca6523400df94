// Layer norm and RMS norm along rows, batch norm along columns.
//
// Of rows: one row after the other, its vectors reduced over the lanes at the end; the row stays in the first-level
// cache for its three passes (mean, variance, result). Of columns: VL columns at a time, lanes being columns, so that
// nothing is reduced over lanes; the passes go down the rows. Sums run over 64 vectors at most before they are added to
// the total: the error does not grow with the length. The variance is taken about the mean, which costs a pass and
// saves the digits that E[x^2] - E[x]^2 would lose.
#include "norms.h"

#include "vec.h"

namespace {

using pellucid::Norm;
using pellucid::NormGradient;

INLINE v get(const float* p, i64 count) { return count >= VL ? load(p) : load_part(p, count); }
INLINE void put(float* p, v x, i64 count) {
  if (count >= VL) store(p, x);
  else store_part(p, x, count);
}

// The first n lanes, zeros behind them.
INLINE v first_lanes(v x, i64 n) {
  vi lane;
  for (int i = 0; i < VL; ++i) lane[i] = i;
  return choose(lane < static_cast<std::int32_t>(n), x, v{});
}

// The sum of f(0), f(1) ... f(n - 1).
template <typename F>
INLINE v sum(i64 n, const F& f) {
  v total = {};
  for (i64 i = 0; i < n;) {
    const i64 end = smaller(i + 64, n);
    v run = {};
    for (; i < end; ++i) run += f(i);
    total += run;
  }
  return total;
}

// The mean over a row of f(place, count of elements there).
template <typename F>
INLINE float mean_of_row(i64 columns, const F& f) {
  v total = sum(columns / VL, [&](i64 i) { return f(i * VL, VL); });
  const i64 whole = columns / VL * VL;
  if (whole < columns) {
    const v rest = f(whole, columns - whole);
    total += first_lanes(rest, columns - whole);
  }
  float lanes[VL];
  store(lanes, total);
  for (int half = VL / 2; half; half /= 2)
    for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  return lanes[0] / static_cast<float>(columns);
}

template <typename F>
INLINE void each_of_row(i64 columns, const F& f) {
  i64 j = 0;
  for (; j + VL <= columns; j += VL) f(j, VL);
  if (j < columns) f(j, columns - j);
}

INLINE v square_root(v x) {
  for (int lane = 0; lane < VL; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
}

INLINE v scaled(v x_hat, const float* w, const float* b, i64 j, i64 count) {
  if (w) x_hat *= get(w + j, count);
  if (b) x_hat += get(b + j, count);
  return x_hat;
}

void of_rows(const Norm& n) {
  for (i64 r = 0; r < n.rows; ++r) {
    const float* x = n.x + r * n.columns;
    const float mean = n.centred ? mean_of_row(n.columns, [&](i64 j, i64 count) { return get(x + j, count); }) : 0;
    const v m = all(mean);
    const float var = mean_of_row(n.columns, [&](i64 j, i64 count) {
      const v centred = get(x + j, count) - m;
      return centred * centred;
    });
    const float rstd = 1 / __builtin_sqrtf(var + n.eps);
    each_of_row(n.columns, [&](i64 j, i64 count) {
      put(n.y + r * n.columns + j, scaled((get(x + j, count) - m) * rstd, n.w, n.b, j, count), count);
    });
    n.mean[r] = mean;
    n.var[r] = var;
    n.rstd[r] = rstd;
  }
}

void of_rows_backward(const NormGradient& n, float* sums) {
  float *dw = sums, *db = sums + n.columns;
  for (i64 j = 0; j < 2 * n.columns; ++j) sums[j] = 0;
  for (i64 r = 0; r < n.rows; ++r) {
    const float *x = n.x + r * n.columns, *dy = n.dy + r * n.columns;
    const v m = all(n.centred ? n.mean[r] : 0), rstd = all(n.rstd[r]);
    const auto x_hat = [&](i64 j, i64 count) { return (get(x + j, count) - m) * rstd; };
    const auto dx_hat = [&](i64 j, i64 count) { return scaled(get(dy + j, count), n.w, nullptr, j, count); };
    const float centre = n.centred ? mean_of_row(n.columns, dx_hat) : 0;
    const float along = mean_of_row(n.columns, [&](i64 j, i64 count) { return dx_hat(j, count) * x_hat(j, count); });
    each_of_row(n.columns, [&](i64 j, i64 count) {
      const v h = x_hat(j, count), d = get(dy + j, count);
      put(n.dx + r * n.columns + j, rstd * (dx_hat(j, count) - centre - h * along), count);
      put(dw + j, get(dw + j, count) + d * h, count);
      put(db + j, get(db + j, count) + d, count);
    });
  }
}

void of_columns(const Norm& n, i64 from, i64 to) {
  const v rows = all(static_cast<float>(n.rows));
  for (i64 j = from; j < to; j += VL) {
    const i64 count = smaller(VL, to - j);
    const auto x = [&](i64 r) { return get(n.x + r * n.columns + j, count); };
    const v mean = sum(n.rows, x) / rows;
    const v var = sum(n.rows, [&](i64 r) { return (x(r) - mean) * (x(r) - mean); }) / rows;
    const v rstd = 1 / square_root(var + n.eps);
    const v w = n.w ? get(n.w + j, count) : all(1), b = n.b ? get(n.b + j, count) : v{};
    for (i64 r = 0; r < n.rows; ++r) put(n.y + r * n.columns + j, (x(r) - mean) * rstd * w + b, count);
    put(n.mean + j, mean, count);
    put(n.var + j, var, count);
    put(n.rstd + j, rstd, count);
  }
}

void of_columns_backward(const NormGradient& n, i64 from, i64 to) {
  const v rows = all(static_cast<float>(n.rows));
  for (i64 j = from; j < to; j += VL) {
    const i64 count = smaller(VL, to - j);
    const v mean = get(n.mean + j, count), rstd = get(n.rstd + j, count);
    const v w = n.w ? get(n.w + j, count) : all(1);
    const auto dy = [&](i64 r) { return get(n.dy + r * n.columns + j, count); };
    const auto x_hat = [&](i64 r) { return (get(n.x + r * n.columns + j, count) - mean) * rstd; };
    const v db = sum(n.rows, dy), dw = sum(n.rows, [&](i64 r) { return dy(r) * x_hat(r); });
    const v centre = w * db / rows, along = w * dw / rows;  // w is one number for the whole column
    for (i64 r = 0; r < n.rows; ++r)
      put(n.dx + r * n.columns + j, rstd * (dy(r) * w - centre - x_hat(r) * along), count);
    put(n.dw + j, dw, count);
    put(n.db + j, db, count);
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(NormKernels, norm_kernels) = {of_rows, of_columns, of_rows_backward, of_columns_backward};
