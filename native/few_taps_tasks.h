// What the tasks of few taps and of pooled convolutions share.
#pragma once

#include <algorithm>
#include <vector>

#include "convolution_slabs.h"
#include "few_taps.h"
#include "field.h"
#include "gemm.h"
#include "pool.h"
#include "scratch.h"

namespace pellucid {

// dW[o, channel, tap] = sums[o * row + channel * step + places[tap]]
inline void take_weights(const Convolution& c, const float* sums, i64 row, i64 step, const std::vector<i64>& places,
                  float* dW) {
  for_weights(1, c.out, c.in * static_cast<i64>(places.size()), [&](i64, i64 from, i64 to) {
    float* next = dW + from * c.in * static_cast<i64>(places.size());
    for (i64 o = from; o < to; ++o)
      for (i64 channel = 0; channel < c.in; ++channel)
        for (const i64 place : places) *next++ = sums[o * row + channel * step + place];
  });
}

// Adds up the parts in the first of them.
inline void add_parts(float* sums, i64 parts, i64 part) {
  const i64 units = ceil_of(part, 1024), chunks = chunks_for(4 * parts * part, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * 1024, to = std::min(part, units * (chunk + 1) / chunks * 1024);
    gemm_kernels().sum_rows(sums + from, part, parts, to - from, sums + from);
  });
}

// Calls work(line, C) with the convolution of every line of windows, in chunks; lines[0] and lines[1] say how many there
// are of a sample along the first two axes. C lies in memory that the next line will use.
template <typename F>
void each_few_line(const Convolution& c, const WindowLines& w, const i64* counts, const float* x, const float* W,
                   const float* b, const F& work) {
  const FewTapsKernels& k = few_taps_kernels();
  const Field f(c, w.rows, w.width, k.lanes);
  const std::vector<i64> offsets = tap_offsets(c, f);
  const i64 taps = volume(c.kernel), K = c.in * taps, field = f.floats(k.lanes), sample = volume(c.size) * c.in;
  float* B = task_scratch((K + 1) * w.stride);
  float* bias = B + K * w.stride;
  std::fill(B, B + (K + 1) * w.stride, 0.0f);
  for (i64 o = 0; o < c.out; ++o) {
    for (i64 j = 0; j < K; ++j) B[j * w.stride + o] = W[(o * c.in + j % c.in) * taps + j / c.in];
    if (b) bias[o] = b[o];
  }
  const i64 each = counts[0] * counts[1], lines = c.samples * each, pixels = w.rows * w.width * w.places;
  const i64 chunks = chunks_for(2 * lines * pixels * K * c.out, std::min(lines, kMostChunks));
  parallel_for(chunks, [&](i64 chunk) {
    float* own = scratch(field + pixels * w.stride);
    std::fill(own, own + field, 0.0f);
    const i64 begin = lines * chunk / chunks, end = lines * (chunk + 1) / chunks;
    for (i64 line = begin; line < end; ++line) {
      if (line == begin || line % each == 0) enter(c, f, x + line / each * sample, own);
      const i64 z = line % each / counts[1], row = line % counts[1];
      k.convolve(w, f.patches, offsets.data(), K, own + z * f.deep + row * f.patches.line, B, bias, own + field);
      work(line, own + field);
    }
  });
}

}  // namespace pellucid
