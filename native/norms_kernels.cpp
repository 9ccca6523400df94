// Layer norm and RMS norm.
//
// Rows of few columns lie side by side, VL at once, so that nothing is reduced over lanes. Of the others one after the
// other is taken, its vectors reduced over the lanes at the end; the row stays in the first-level cache for its
// three passes (mean, variance, result). Sums run over 64 vectors at most before they are added to the total: the error
// does not grow with the length; four of them run at once, because each addition waits for the one before. The variance
// is taken about the mean, which costs a pass and saves the digits that E[x^2] - E[x]^2 would lose.
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
    v a = {}, b = {}, c = {}, d = {};
    for (; i + 4 <= end; i += 4) a += f(i), b += f(i + 1), c += f(i + 2), d += f(i + 3);
    for (; i < end; ++i) a += f(i);
    total += (a + b) + (c + d);
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

INLINE v scaled(v x_hat, const float* w, const float* b, i64 j, i64 count) {
  if (w) x_hat *= get(w + j, count);
  if (b) x_hat += get(b + j, count);
  return x_hat;
}

void of_wide_rows(const Norm& n) {
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

void of_wide_rows_backward(const NormGradient& n, float* sums) {
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

// --- rows of few columns, VL of them side by side: vector j holds column j of each row ------------------------------

constexpr i64 NARROW = 3 * VL;  // columns up to which they are faster

INLINE void read_side(float* b, const float* x, i64 rows, i64 columns) {
  for (i64 r = 0; r < rows; ++r)
    for (i64 j = 0; j < columns; ++j) b[j * VL + r] = x[r * columns + j];
  for (i64 r = rows; r < VL; ++r)
    for (i64 j = 0; j < columns; ++j) b[j * VL + r] = 0;
}

INLINE void write_side(float* y, const float* b, i64 rows, i64 columns) {
  for (i64 r = 0; r < rows; ++r)
    for (i64 j = 0; j < columns; ++j) y[r * columns + j] = b[j * VL + r];
}

void of_narrow_rows(const Norm& n) {
  float b[NARROW * VL];
  const float share = 1 / static_cast<float>(n.columns);
  for (i64 r = 0; r < n.rows; r += VL) {
    const i64 rows = smaller(VL, n.rows - r);
    read_side(b, n.x + r * n.columns, rows, n.columns);
    const v mean = n.centred ? sum(n.columns, [&](i64 j) { return load(b + j * VL); }) * share : v{};
    const v var = sum(n.columns, [&](i64 j) { return (load(b + j * VL) - mean) * (load(b + j * VL) - mean); }) * share;
    v rstd = var + n.eps;
    for (int lane = 0; lane < VL; ++lane) rstd[lane] = 1 / __builtin_sqrtf(rstd[lane]);
    for (i64 j = 0; j < n.columns; ++j)
      store(b + j * VL, (load(b + j * VL) - mean) * rstd * (n.w ? n.w[j] : 1) + (n.b ? n.b[j] : 0));
    write_side(n.y + r * n.columns, b, rows, n.columns);
    put(n.mean + r, mean, rows);
    put(n.var + r, var, rows);
    put(n.rstd + r, rstd, rows);
  }
}

void of_narrow_rows_backward(const NormGradient& n, float* sums) {
  float x[NARROW * VL], dy[NARROW * VL];
  v dw[NARROW], db[NARROW];
  for (i64 j = 0; j < n.columns; ++j) dw[j] = db[j] = v{};
  const float share = 1 / static_cast<float>(n.columns);
  for (i64 r = 0; r < n.rows; r += VL) {
    const i64 rows = smaller(VL, n.rows - r);
    read_side(x, n.x + r * n.columns, rows, n.columns);
    read_side(dy, n.dy + r * n.columns, rows, n.columns);
    const v mean = n.centred ? get(n.mean + r, rows) : v{}, rstd = get(n.rstd + r, rows);
    const auto x_hat = [&](i64 j) { return (load(x + j * VL) - mean) * rstd; };
    const auto dx_hat = [&](i64 j) { return load(dy + j * VL) * (n.w ? n.w[j] : 1); };
    const v centre = n.centred ? sum(n.columns, dx_hat) * share : v{};
    const v along = sum(n.columns, [&](i64 j) { return dx_hat(j) * x_hat(j); }) * share;
    for (i64 j = 0; j < n.columns; ++j) {
      const v h = x_hat(j), d = load(dy + j * VL);
      dw[j] += d * h;
      db[j] += d;
      store(x + j * VL, rstd * (dx_hat(j) - centre - h * along));
    }
    write_side(n.dx + r * n.columns, x, rows, n.columns);
  }
  for (i64 j = 0; j < n.columns; ++j) {
    float w = 0, b = 0;
    for (int lane = 0; lane < VL; ++lane) w += dw[j][lane], b += db[j][lane];
    sums[j] = w;
    sums[n.columns + j] = b;
  }
}

void of_rows(const Norm& n) { n.columns <= NARROW ? of_narrow_rows(n) : of_wide_rows(n); }
void of_rows_backward(const NormGradient& n, float* sums) {
  n.columns <= NARROW ? of_narrow_rows_backward(n, sums) : of_wide_rows_backward(n, sums);
}

}  // namespace

PELLUCID_DEFINE_TABLE(NormKernels, norm_kernels) = {of_rows, of_rows_backward};
