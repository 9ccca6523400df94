#include "losses.h"

#include <atomic>

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 20;  // of one element: two exponentials or logarithms at most
constexpr i64 kUnit = 1024;      // elements at which chunks are cut: whole vectors of every instruction set

// Calls work(first element, number of elements, chunk).
template <typename F>
void by_elements(i64 n, const F& work) {
  const i64 units = (n + kUnit - 1) / kUnit, chunks = chunks_for(kOperations * n, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit, to = units * (chunk + 1) / chunks * kUnit;
    work(from, (to < n ? to : n) - from, chunk);
  });
}

}  // namespace

bool run_mean_loss(LossSum sum, i64 n, const float* x, const float* t, float* mean) {
  double sums[kMostChunks] = {}, total = 0;
  std::atomic<bool> all_fit{true};
  by_elements(n, [&](i64 from, i64 count, i64 chunk) {
    bool fits = true;
    sums[chunk] = sum(count, x + from, t + from, &fits);
    if (!fits) all_fit = false;
  });
  for (double s : sums) total += s;
  *mean = static_cast<float>(total / static_cast<double>(n));
  return all_fit;
}

void run_loss_gradient(LossGradient gradient, i64 n, const float* x, const float* t, float dl, float* dx) {
  by_elements(n, [&](i64 from, i64 count, i64) { gradient(count, x + from, t + from, dl, dx + from); });
}

}  // namespace pellucid
