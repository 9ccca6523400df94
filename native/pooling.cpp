#include "pooling.h"

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kBeside = 64;  // channels of a piece, where there are fewer samples than chunks

i64 volume(const i64 (&n)[3]) { return n[0] * n[1] * n[2]; }

i64 operations(const Pooling& p) { return 4 * p.samples * volume(p.places) * volume(p.window) * p.channels; }

// Calls work(from, to) for pieces of the lines of y.
template <typename F>
void for_lines(const Pooling& p, const F& work) {
  const i64 lines = p.samples * p.places[0] * p.places[1], chunks = chunks_for(operations(p), lines);
  parallel_for(chunks, [&](i64 chunk) { work(lines * chunk / chunks, lines * (chunk + 1) / chunks); });
}

// Calls work(sample, from, to) for the channels of every sample.
template <typename F>
void for_samples(const Pooling& p, const F& work) {
  const i64 beside = p.samples < kMostChunks ? (p.channels + kBeside - 1) / kBeside : 1;
  const i64 pieces = p.samples * beside, chunks = chunks_for(operations(p), pieces);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 piece = pieces * chunk / chunks; piece < pieces * (chunk + 1) / chunks; ++piece) {
      const i64 from = beside == 1 ? 0 : piece % beside * kBeside, to = from + (beside == 1 ? p.channels : kBeside);
      work(piece / beside, from, to < p.channels ? to : p.channels);
    }
  });
}

}  // namespace

void run_max_pool(const Pooling& p, const float* x, float* y, std::int32_t* which) {
  for_lines(p, [&](i64 from, i64 to) { pooling_kernels().max_pool(p, x, from, to, y, which); });
}

void run_max_pool_backward(const Pooling& p, const float* dy, const std::int32_t* which, float* dx) {
  for_samples(p, [&](i64 sample, i64 from, i64 to) {
    pooling_kernels().max_pool_backward(p, dy, which, sample, from, to, dx);
  });
}

void run_avg_pool(const Pooling& p, const float* x, const float* count, float* y) {
  for_lines(p, [&](i64 from, i64 to) { pooling_kernels().avg_pool(p, x, count, from, to, y); });
}

void run_avg_pool_backward(const Pooling& p, const float* dy, const float* count, float* dx) {
  for_samples(p, [&](i64 sample, i64 from, i64 to) {
    pooling_kernels().avg_pool_backward(p, dy, count, sample, from, to, dx);
  });
}

}  // namespace pellucid
