#include "row_losses.h"

#include <atomic>

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 20;  // of one element: two exponentials or logarithms at most

// Calls work(first row, row after the last) for chunks of rows.
template <typename F>
void by_rows(i64 rows, i64 columns, const F& work) {
  constexpr i64 kUnit = 16;  // rows; threads do not write into the same line of a cache
  const i64 units = (rows + kUnit - 1) / kUnit, chunks = chunks_for(kOperations * rows * columns, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit, to = units * (chunk + 1) / chunks * kUnit;
    work(from, to < rows ? to : rows);
  });
}

}  // namespace

bool run_row_losses(LossSum sum, const RowLoss& r, float* losses) {
  std::atomic<bool> all_fit{true};
  by_rows(r.rows, r.columns, [&](i64 from, i64 to) {
    for (i64 i = from; i < to; ++i) {
      bool fits = true;
      losses[i] = static_cast<float>(r.factor * sum(r.columns, r.x + i * r.columns, r.t + i * r.columns, &fits));
      if (!fits) all_fit = false;
    }
  });
  return all_fit;
}

void run_row_loss_gradient(LossGradient gradient, const RowLoss& r, const float* dl, float* dx) {
  by_rows(r.rows, r.columns, [&](i64 from, i64 to) {
    for (i64 i = from; i < to; ++i) {
      const i64 at = i * r.columns;
      gradient(r.columns, r.x + at, r.t + at, r.factor * dl[i], dx + at);
    }
  });
}

// One thread: rows are few beside what came before them.
void run_weighted_mean(i64 n, const float* l, const float* w, float* mean, float* shares) {
  double sum = 0, weights = 0;
  for (i64 i = 0; i < n; ++i) {
    const double weight = w ? w[i] : 1;
    sum += weight * l[i];
    weights += weight;
  }
  *mean = static_cast<float>(sum / weights);
  for (i64 i = 0; i < n; ++i) shares[i] = static_cast<float>((w ? w[i] : 1) / weights);
}

void run_add_squares(const std::vector<ClipLeaf>& leaves, const float* loss, float factor, float* out) {
  const double norm = run_norm(leaves);
  *out = static_cast<float>(static_cast<double>(*loss) + factor * norm * norm);
}

}  // namespace pellucid
