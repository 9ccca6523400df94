// Counted random words: the hash of kernels/reference/counted.py, VL places at once, and what is kept by them.
#include "dropout.h"

#include "vec.h"

namespace {

using pellucid::Dropout;

typedef std::uint32_t vu __attribute__((vector_size(VL * 4)));

INLINE vu mix(vu x) {
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
INLINE vu counter(const Dropout& d, i64 place) {
  vu lanes;
  for (int lane = 0; lane < VL; ++lane) lanes[lane] = static_cast<std::uint32_t>(lane);
  return (lanes + static_cast<std::uint32_t>(place)) * APART + d.k0;
}

// -1 where the element of a counter is kept, else 0.
INLINE vi kept(const Dropout& d, vu counter) { return d.all ? vi{} : (vi)(mix(mix(counter) ^ d.k1) >= d.threshold); }

void dropout(const Dropout& given, i64 n, const float* x, float* y) {
  const Dropout d = given;  // a copy that stores to y cannot change
  vu c = counter(d, d.first);
  i64 i = 0;
  for (; i + VL <= n; i += VL, c += VL * APART) store(y + i, load(x + i) * choose(kept(d, c), all(d.scale), v{}));
  if (i < n) store_part(y + i, load_part(x + i, n - i) * choose(kept(d, c), all(d.scale), v{}), n - i);
}

void mask(const Dropout& given, i64 n, std::uint8_t* out) {
  typedef std::int8_t bytes __attribute__((vector_size(VL)));
  const Dropout d = given;
  vu c = counter(d, d.first);
  i64 i = 0;
  for (; i + VL <= n; i += VL, c += VL * APART) {
    const bytes b = __builtin_convertvector(kept(d, c), bytes) & 1;
    __builtin_memcpy(out + i, &b, VL);
  }
  const vi rest = kept(d, c);
  for (i64 j = i; j < n; ++j) out[j] = rest[j - i] & 1;
}

}  // namespace

PELLUCID_DEFINE_TABLE(DropoutKernels, dropout_kernels) = {dropout, mask};
