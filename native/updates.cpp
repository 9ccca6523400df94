#include "updates.h"

#include "pool.h"

namespace pellucid {
namespace {

// An element costs about as much as this many operations of a product of matrices.
constexpr i64 kOperations = 20;
constexpr i64 kUnit = 64;  // floats; threads do not write into the same line of a cache

// Cuts all parameters, as if they lay one behind the other, into chunks of equal length.
template <typename Leaf, typename Kernel>
void over(const std::vector<Leaf>& leaves, const Kernel& kernel) {
  i64 total = 0;
  for (const Leaf& leaf : leaves) total += leaf.size;
  const i64 units = (total + kUnit - 1) / kUnit, chunks = chunks_for(kOperations * total, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit, to = units * (chunk + 1) / chunks * kUnit;
    i64 first = 0;  // where this parameter begins
    for (const Leaf& leaf : leaves) {
      const i64 a = from > first ? from - first : 0, b = to - first < leaf.size ? to - first : leaf.size;
      if (a < b) kernel(leaf, a, b);
      first += leaf.size;
    }
  });
}

}  // namespace

void run_sgd(const Sgd& how, const std::vector<SgdLeaf>& leaves) {
  const auto kernel = update_kernels().sgd;
  over(leaves, [&](const SgdLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

void run_rmsprop(const Rmsprop& how, const std::vector<RmspropLeaf>& leaves) {
  const auto kernel = update_kernels().rmsprop;
  over(leaves, [&](const RmspropLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

void run_adam(const Adam& how, const std::vector<AdamLeaf>& leaves) {
  const auto kernel = update_kernels().adam;
  over(leaves, [&](const AdamLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

}  // namespace pellucid
