#include "rows.h"

#include <atomic>

#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

constexpr i64 kExponential = 20;  // the operations of one exponential, which is most of an element's work

// Calls work(first row, number of rows, chunk, scratch) for chunks of rows, cut where the kernels' blocks end. `extra`
// floats a row lie behind the kernels' scratch.
template <typename F>
void by_rows(i64 rows, i64 columns, const F& work, i64 extra = 0) {
  const RowKernels& k = row_kernels();
  const i64 units = (rows + k.unit - 1) / k.unit, need = k.scratch(columns);
  const i64 chunks = chunks_for(kExponential * rows * columns, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * k.unit, to = units * (chunk + 1) / chunks * k.unit;
    const i64 count = (to < rows ? to : rows) - from;
    work(from, count, chunk, scratch(need + extra * count));
  });
}

CrossEntropy part_of(const CrossEntropy& c, i64 from, i64 rows) {
  return {rows, c.columns, c.z + from * c.columns, c.t + from, c.m + from, c.log_sum + from};
}

// Four at a time, because additions wait for each other.
double sum_of(const float* x, i64 n) {
  double sums[4] = {};
  i64 i = 0;
  for (; i + 4 <= n; i += 4)
    for (int j = 0; j < 4; ++j) sums[j] += x[i + j];
  for (; i < n; ++i) sums[0] += x[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace

void run_rows(RowMap map, i64 rows, i64 columns, const float* x, float* y, i64 width) {
  by_rows(rows, columns, [&](i64 from, i64 count, i64, float* scratch) {
    map(count, columns, x + from * columns, y + from * width, scratch);
  });
}

void run_row_gradient(RowGradient gradient, i64 rows, i64 columns, const float* y, const float* dy, float* dx) {
  by_rows(rows, columns, [&](i64 from, i64 count, i64, float* scratch) {
    const i64 at = from * columns;
    gradient(count, columns, y + at, dy + at, dx + at, scratch);
  });
}

bool run_cross_entropy(const CrossEntropy& c, float* losses) {
  std::atomic<bool> in_range{true};
  by_rows(c.rows, c.columns, [&](i64 from, i64 count, i64, float* scratch) {
    if (!row_kernels().cross_entropy(part_of(c, from, count), losses + from, scratch)) in_range = false;
  });
  return in_range;
}

bool run_mean_cross_entropy(const CrossEntropy& c, float* mean) {
  const i64 need = row_kernels().scratch(c.columns);
  std::atomic<bool> in_range{true};
  double sums[kMostChunks] = {}, sum = 0;
  by_rows(
      c.rows, c.columns,
      [&](i64 from, i64 count, i64 chunk, float* scratch) {
        float* losses = scratch + need;
        if (!row_kernels().cross_entropy(part_of(c, from, count), losses, scratch)) in_range = false;
        sums[chunk] = sum_of(losses, count);
      },
      1);
  for (double s : sums) sum += s;
  *mean = static_cast<float>(sum / static_cast<double>(c.rows));  // NaN where there are none
  return in_range;
}

bool run_cross_entropy_backward(const CrossEntropy& c, const float* dy, float dy_of_all, float* dz) {
  std::atomic<bool> in_range{true};
  by_rows(c.rows, c.columns, [&](i64 from, i64 count, i64, float* scratch) {
    const bool good = row_kernels().cross_entropy_backward(part_of(c, from, count), dy ? dy + from : nullptr,
                                                           dy_of_all, dz + from * c.columns, scratch);
    if (!good) in_range = false;
  });
  return in_range;
}

}  // namespace pellucid
