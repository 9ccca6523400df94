// Counted random words: the hash of kernels/reference/counted.py, VL places at once. Only for kernel sources.
#pragma once

#include "dropout.h"
#include "vec.h"

namespace {

typedef std::uint32_t words __attribute__((vector_size(VL * 4)));

INLINE words mix(words x) {
  x ^= x >> 17;
  x *= 0xED5AD4BB;
  x ^= x >> 11;
  x *= 0xAC4C1B51;
  x ^= x >> 15;
  x *= 0x31848BAB;
  return x ^ (x >> 14);
}

// The VL places from `place` on, times the odd number by which neighbours are told apart, plus k0. The next VL places
// have this plus VL times the number: an addition instead of a multiplication.
constexpr std::uint32_t APART = 0x9E3779B9;
INLINE words counter(const pellucid::Dropout& d, i64 place) {
  words lanes;
  for (int lane = 0; lane < VL; ++lane) lanes[lane] = static_cast<std::uint32_t>(lane);
  return (lanes + static_cast<std::uint32_t>(place)) * APART + d.k0;
}

// -1 where the element of a counter is kept, else 0.
INLINE vi kept(const pellucid::Dropout& d, words counter) {
  return d.all ? vi{} : (vi)(mix(mix(counter) ^ d.k1) >= d.threshold);
}

}  // namespace
