// Copies of operands: blocks at a kinder stride, and transposed blocks. Only for kernel sources.
#pragma once

#include "vec.h"

namespace {

// Shuffles of two vectors by places: 0 .. VL-1 of the first, VL .. 2 VL-1 of the second.
#if defined(__clang__)
#define SHUFFLE(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define SHUFFLE(x, y, ...) __builtin_shuffle(x, y, (vi){__VA_ARGS__})
#endif
#define LANE(l, a, b, c, d) 4 * l + (a), 4 * l + (b), 4 * l + (c), 4 * l + (d)
#if defined(__AVX512F__)
#define EACH_LANE(...) LANE(0, __VA_ARGS__), LANE(1, __VA_ARGS__), LANE(2, __VA_ARGS__), LANE(3, __VA_ARGS__)
#define EVEN_LANES 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ODD_LANES 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#elif defined(__AVX__)
#define EACH_LANE(...) LANE(0, __VA_ARGS__), LANE(1, __VA_ARGS__)
#define EVEN_LANES 0, 1, 2, 3, 8, 9, 10, 11
#define ODD_LANES 4, 5, 6, 7, 12, 13, 14, 15
#else
#define EACH_LANE(...) LANE(0, __VA_ARGS__)
#endif
constexpr int LANES = VL / 4;  // of four floats; shuffles within a lane are the cheap ones

// Four vectors' lanes as 4 x 4 blocks, each transposed.
INLINE void transpose_lanes(v& a, v& b, v& c, v& d) {
  const v ab_low = SHUFFLE(a, b, EACH_LANE(0, VL, 1, VL + 1)), ab_high = SHUFFLE(a, b, EACH_LANE(2, VL + 2, 3, VL + 3));
  const v cd_low = SHUFFLE(c, d, EACH_LANE(0, VL, 1, VL + 1)), cd_high = SHUFFLE(c, d, EACH_LANE(2, VL + 2, 3, VL + 3));
  a = SHUFFLE(ab_low, cd_low, EACH_LANE(0, 1, VL, VL + 1));
  b = SHUFFLE(ab_low, cd_low, EACH_LANE(2, 3, VL + 2, VL + 3));
  c = SHUFFLE(ab_high, cd_high, EACH_LANE(0, 1, VL, VL + 1));
  d = SHUFFLE(ab_high, cd_high, EACH_LANE(2, 3, VL + 2, VL + 3));
}

// A VL x VL block: 4 x 4 blocks within lanes, then whole lanes, by log2(LANES) perfect shuffles.
INLINE void transpose(v (&r)[VL]) {
  for (int i = 0; i < VL; i += 4) transpose_lanes(r[i], r[i + 1], r[i + 2], r[i + 3]);
#if defined(EVEN_LANES)
  for (int round = 1; round < LANES; round *= 2) {
    v t[VL];
    for (int i = 0; i < VL; i += 8)
      for (int q = 0; q < 4; ++q) {
        t[i / 2 + q] = SHUFFLE(r[i + q], r[i + 4 + q], EVEN_LANES);
        t[(i + VL) / 2 + q] = SHUFFLE(r[i + q], r[i + 4 + q], ODD_LANES);
      }
    for (int i = 0; i < VL; ++i) r[i] = t[i];
  }
#endif
}

// `rows` rows of `width` floats into rows of `to_stride` >= the width rounded up to vectors, zeros in between.
INLINE void copy_block(const float* from, i64 stride, i64 rows, i64 width, float* to, i64 to_stride) {
  for (i64 i = 0; i < rows; ++i, from += stride, to += to_stride) {
    i64 j = 0;
    for (; j + VL <= width; j += VL) store(to + j, load(from + j));
    if (j < width) store(to + j, load_within(from + j, width - j, (rows - 1 - i) * stride + width - j));
  }
}

// `count` rows of `length` floats become the columns of `length` rows of `wide` >= count floats; wide is a multiple of
// VL and the places beyond `count` become zeros.
inline void copy_transposed(const float* from, i64 stride, i64 count, i64 length, float* to, i64 wide) {
  for (i64 j = 0; j < wide; j += VL)
    for (i64 p = 0; p < length; p += VL) {
      const i64 rows = smaller(VL, count - j), columns = smaller(VL, length - p);
      const float* block = from + j * stride + p;
      v r[VL];
      if (rows == VL && columns == VL)
        for (int i = 0; i < VL; ++i) r[i] = load(block + i * stride);
      else
        for (int i = 0; i < VL; ++i)
          r[i] = i < rows ? load_within(block + i * stride, columns, (rows - 1 - i) * stride + columns) : v{};
      transpose(r);
      float* out = to + p * wide + j;
      if (columns == VL)
        for (int i = 0; i < VL; ++i) store(out + i * wide, r[i]);
      else
        for (int i = 0; i < columns; ++i) store(out + i * wide, r[i]);
    }
}

}  // namespace
