// Sums of squares and scaling: one pass over contiguous memory.
//
// Squares are taken and added in double, where a float's square neither overflows nor vanishes; two vectors of sums
// hide an addition's latency. Infinity and NaN need no care: they are carried into the sum.
#include "clipping.h"

#include "vec.h"

namespace {

typedef float half __attribute__((vector_size(VL * 2), aligned(4), may_alias));
typedef double wide __attribute__((vector_size(VL * 4)));
constexpr int WL = VL / 2;

INLINE wide widened(const float* p) { return __builtin_convertvector(*(const half*)p, wide); }

double squares(const float* x, i64 n) {
  wide even = {}, odd = {};
  i64 i = 0;
  for (; i + VL <= n; i += VL) {
    const wide a = widened(x + i), b = widened(x + i + WL);
    even += a * a;
    odd += b * b;
  }
  even += odd;
  double sum = 0;
  for (int j = 0; j < WL; ++j) sum += even[j];
  for (; i < n; ++i) sum += (double)x[i] * (double)x[i];
  return sum;
}

void scale(const float* x, float factor, float* out, i64 n) {
  i64 i = 0;
  for (; i + VL <= n; i += VL) store(out + i, load(x + i) * factor);
  for (; i < n; ++i) out[i] = x[i] * factor;
}

}  // namespace

PELLUCID_DEFINE_TABLE(ClippingKernels, clipping_kernels) = {squares, scale};
