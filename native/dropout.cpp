#include "dropout.h"

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 40;  // of one element: twelve multiplications and shifts, thirty in all
constexpr i64 kUnit = 1024;      // elements at which chunks are cut

template <typename F>
void by_elements(const Dropout& d, i64 n, const F& work) {
  const i64 units = (n + kUnit - 1) / kUnit, chunks = chunks_for(kOperations * n, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit, to = units * (chunk + 1) / chunks * kUnit;
    Dropout part = d;
    part.first += from;
    work(part, from, (to < n ? to : n) - from);
  });
}

}  // namespace

void run_dropout(const Dropout& d, i64 n, const float* x, float* y) {
  by_elements(d, n, [&](const Dropout& part, i64 from, i64 count) {
    dropout_kernels().dropout(part, count, x + from, y + from);
  });
}

void run_dropout_mask(const Dropout& d, i64 n, std::uint8_t* kept) {
  by_elements(d, n, [&](const Dropout& part, i64 from, i64 count) { dropout_kernels().mask(part, count, kept + from); });
}

}  // namespace pellucid
