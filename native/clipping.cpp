#include "clipping.h"

#include <cmath>
#include <cstring>

#include "leaves.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 4;  // bound by memory

}  // namespace

double run_norm(const std::vector<ClipLeaf>& leaves) {
  const auto kernel = clipping_kernels().squares;
  double sums[kMostChunks] = {};  // one for each chunk, added in their order whoever did them
  const i64 chunks = over(leaves, kOperations, [&](i64 chunk, const ClipLeaf& leaf, i64 from, i64 to) {
    sums[chunk] += kernel(leaf.x + from, to - from);
  });
  double sum = 0;
  for (i64 i = 0; i < chunks; ++i) sum += sums[i];
  return std::sqrt(sum);
}

void run_scale(const std::vector<ClipLeaf>& leaves, float factor) {
  const auto kernel = clipping_kernels().scale;
  over(leaves, kOperations, [&](i64, const ClipLeaf& leaf, i64 from, i64 to) {
    kernel(leaf.x + from, factor, leaf.out + from, to - from);
  });
}

double clipping_factor(double total, double max_norm) {
  const double factor = max_norm / (static_cast<double>(static_cast<float>(total)) + 1e-6);
  return factor >= 1 ? 1 : factor;
}

void run_copy(const std::vector<ClipLeaf>& leaves) {
  for (const ClipLeaf& leaf : leaves)
    if (leaf.size) std::memcpy(leaf.out, leaf.x, static_cast<std::size_t>(leaf.size) * sizeof(float));
}

}  // namespace pellucid
