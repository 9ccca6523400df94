#include "few_taps.h"

#include "few_taps_tasks.h"

namespace pellucid {
namespace {

constexpr i64 kFewTaps = 32;

WindowLines lines_of(const Convolution& c, i64 lanes) {
  return {1, 1, c.places[2], c.out, ceil_of(c.out, lanes) * lanes};
}

}  // namespace

bool few_taps(const Convolution& c) { return volume(c.kernel) > 1 && c.in * volume(c.kernel) <= kFewTaps; }

void run_few_taps(const Convolution& c, const float* x, const float* W, const float* b, float* y) {
  const WindowLines w = lines_of(c, few_taps_kernels().lanes);
  each_few_line(c, w, c.places, x, W, b, [&](i64 line, const float* C) {
    float* to = y + line * w.places * c.out;
    for (i64 i = 0; i < w.places; ++i) std::copy(C + i * w.stride, C + i * w.stride + c.out, to + i * c.out);
  });
}

// Cut along the lines of places, each chunk with sums of its own, which are added at the end.
void run_few_taps_dW(const Convolution& c, const float* x, const float* dy, float* dW) {
  const FewTapsKernels& k = few_taps_kernels();
  const WindowLines w = lines_of(c, k.lanes);
  const Field f(c, 1, 1, k.lanes);
  const std::vector<i64> offsets = tap_offsets(c, f);
  const i64 K = static_cast<i64>(offsets.size()), field = f.floats(k.lanes), sample = volume(c.size) * c.in;
  const i64 each = c.places[0] * c.places[1], lines = c.samples * each;
  const i64 chunks = chunks_for(2 * lines * w.places * K * c.out, std::min(lines, kMostChunks));
  const i64 part = ceil_of(K * c.out, k.lanes) * k.lanes;
  float* shared = task_scratch(chunks * part);
  parallel_for(chunks, [&](i64 chunk) {
    float* own = scratch(field);
    float* sums = shared + chunk * part;
    std::fill(own, own + field, 0.0f);
    std::fill(sums, sums + part, 0.0f);
    const i64 begin = lines * chunk / chunks, end = lines * (chunk + 1) / chunks;
    for (i64 line = begin, some; line < end; line += some) {
      if (line == begin || line % each == 0) enter(c, f, x + line / each * sample, own);
      const i64 z = line % each / c.places[1], row = line % c.places[1];
      some = std::min(end - line, c.places[1] - row);  // of one plane
      k.sum(w, f.patches, some, offsets.data(), K, own + z * f.deep + row * f.patches.line,
            dy + line * w.places * c.out, nullptr, sums);
    }
  });
  add_parts(shared, chunks, part);
  std::vector<i64> rows(static_cast<std::size_t>(volume(c.kernel)));
  for (std::size_t tap = 0; tap < rows.size(); ++tap) rows[tap] = static_cast<i64>(tap) * c.in * c.out;
  take_weights(c, shared, 1, c.out, rows, dW);
}

}  // namespace pellucid
