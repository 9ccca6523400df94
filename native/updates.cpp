#include "updates.h"

#include <cmath>

#include "leaves.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 20;  // a division and a square root

}  // namespace

void run_sgd(Sgd how, const std::vector<SgdLeaf>& leaves, double lr) {
  const auto kernel = update_kernels().sgd;
  how.lr = static_cast<float>(lr);
  over(leaves, kOperations, [&](i64, const SgdLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

void run_rmsprop(Rmsprop how, const std::vector<RmspropLeaf>& leaves, double lr) {
  const auto kernel = update_kernels().rmsprop;
  how.lr = static_cast<float>(lr);
  over(leaves, kOperations, [&](i64, const RmspropLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

void run_adam(const AdamNumbers& numbers, std::vector<AdamLeaf> leaves, double lr, i64 later) {
  const auto kernel = update_kernels().adam;
  const Adam how{static_cast<float>(1 - numbers.beta1),
                 static_cast<float>(numbers.beta2),
                 static_cast<float>(1 - numbers.beta2),
                 numbers.decoupled ? 0.0f : static_cast<float>(numbers.weight_decay),
                 numbers.decoupled ? static_cast<float>(1 - lr * numbers.weight_decay) : 1.0f,
                 numbers.sign};
  double c1 = 0, c = 0;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (i == 0 || leaves[i].step != leaves[i - 1].step) {
      const double k = static_cast<double>(leaves[i].step + later);
      c1 = 1 - std::pow(numbers.beta1, k);
      c = std::sqrt(1 - std::pow(numbers.beta2, k));
    }
    leaves[i].eps = static_cast<float>(numbers.eps * c);
    leaves[i].lr = static_cast<float>(lr * c / c1);
  }
  over(leaves, kOperations, [&](i64, const AdamLeaf& leaf, i64 from, i64 to) { kernel(how, leaf, from, to); });
}

}  // namespace pellucid
