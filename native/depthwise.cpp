#include "depthwise.h"

#include "convolution_taps.h"
#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

// W (channels, taps) as (taps, channels), and the products over all lines of places.
void run_reach(const Convolution& c, const Reach& r, const float* W, const float* b) {
  const i64 all = volume(c.kernel), taps = static_cast<i64>(r.taps.size());
  float* weights = task_scratch(all * c.in);
  convolution_kernels().turn(W, c.in, all, 0, all, weights);
  const Depthwise d{r.windows, r.taps.data(), r.index.data(), taps, c.in};
  const i64 lines = c.samples * r.targets.places[0] * r.targets.places[1];
  const i64 chunks = chunks_for(4 * lines * r.targets.places[2] * taps * c.in, lines);
  parallel_for(chunks, [&](i64 chunk) {
    depthwise_kernels().convolve(d, r.targets, weights, b, lines * chunk / chunks, lines * (chunk + 1) / chunks);
  });
}

}  // namespace

void run_depthwise(const Convolution& c, const float* x, const float* W, const float* b, float* y) {
  run_reach(c, forward_reach(c, x, y), W, b);
}

void run_depthwise_dx(const Convolution& c, const float* dy, const float* W, float* dx) {
  for_phases(c, dy, dx, [&](const Reach& reach) { run_reach(c, reach, W, nullptr); });
}

void run_depthwise_dW(const Convolution& c, const float* x, const float* dy, float* dW) {
  const Reach r = forward_reach(c, x, nullptr);
  const i64 taps = static_cast<i64>(r.taps.size()), size = taps * c.in;
  const Depthwise d{r.windows, r.taps.data(), r.index.data(), taps, c.in};
  const i64 lines = c.samples * c.places[0] * c.places[1];
  const i64 chunks = chunks_for(4 * lines * c.places[2] * size, lines);
  float* sums = task_scratch(chunks * size);
  parallel_for(chunks, [&](i64 chunk) {
    depthwise_kernels().sums(d, dy, lines * chunk / chunks, lines * (chunk + 1) / chunks, sums + chunk * size);
  });
  for (i64 chunk = 1; chunk < chunks; ++chunk)
    for (i64 i = 0; i < size; ++i) sums[i] += sums[chunk * size + i];
  convolution_kernels().turn(sums, taps, c.in, 0, c.in, dW);
}

}  // namespace pellucid
