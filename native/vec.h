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

// The first n < VL elements, zeros behind them. In pieces of 8, 4, 2 and 1: element by element costs ten times more.
INLINE v load_part(const float* p, i64 n) {
  v x = {};
  float* to = (float*)&x;
#define PIECE(size)                            \
  if (VL > size && (n & size)) {               \
    __builtin_memcpy(to, p, size * 4);         \
    p += size, to += size;                     \
  }
  PIECE(8) PIECE(4) PIECE(2) PIECE(1)
  return x;
}
INLINE void store_part(float* p, v x, i64 n) {
  const float* from = (const float*)&x;
#undef PIECE
#define PIECE(size)                            \
  if (VL > size && (n & size)) {               \
    __builtin_memcpy(p, from, size * 4);       \
    p += size, from += size;                   \
  }
  PIECE(8) PIECE(4) PIECE(2) PIECE(1)
#undef PIECE
}

// n elements, at most a whole vector.
INLINE v read(const float* p, i64 n) { return n == VL ? load(p) : load_part(p, n); }
INLINE void write(float* p, v x, i64 n) {
  if (n == VL) store(p, x);
  else store_part(p, x, n);
}

INLINE vi first_elements(i64 n) {
  vi place;
  for (int i = 0; i < VL; ++i) place[i] = i;
  return place < (vi{} + (std::int32_t)n);
}

// As load_part, where `readable` floats lie at p: at once if they are enough.
INLINE v load_within(const float* p, i64 n, i64 readable) {
  return readable >= VL ? choose(first_elements(n), load(p), v{}) : load_part(p, n);
}

INLINE i64 ceil_div(i64 a, i64 b) { return (a + b - 1) / b; }
INLINE i64 smaller(i64 a, i64 b) { return a < b ? a : b; }

}  // namespace
