// One vector of floats, as wide as the instruction set has them, in GCC's and Clang's vector extensions.
#pragma once

#include <cstdint>

namespace {

#if defined(__AVX512F__)
constexpr int VL = 16;
#elif defined(__AVX__)
constexpr int VL = 8;
#else
constexpr int VL = 4;
#endif

#define INLINE static inline __attribute__((always_inline))

using i64 = std::int64_t;
typedef float v __attribute__((vector_size(VL * 4)));
typedef float v_unaligned __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef std::int32_t vi __attribute__((vector_size(VL * 4)));

INLINE v load(const float* p) { return *(const v_unaligned*)p; }
INLINE void store(float* p, v x) { *(v_unaligned*)p = x; }
INLINE v all(float x) { return x - v{}; }  // v{} + x would cost an addition: -0 + 0 is not -0
INLINE v choose(vi mask, v a, v b) { return mask ? a : b; }

// The first n < VL elements, zeros behind them.
INLINE v load_part(const float* p, i64 n) {
  v x = {};
  for (i64 i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
INLINE void store_part(float* p, v x, i64 n) {
  for (i64 i = 0; i < n; ++i) p[i] = x[i];
}

INLINE i64 ceil_div(i64 a, i64 b) { return (a + b - 1) / b; }
INLINE i64 smaller(i64 a, i64 b) { return a < b ? a : b; }

}  // namespace
