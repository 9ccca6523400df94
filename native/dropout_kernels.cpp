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

// Which of the VL places from `first` on are kept: -1, else 0.
INLINE vi kept_from(const Dropout& d, i64 first) {
  vu place;
  for (int lane = 0; lane < VL; ++lane) place[lane] = static_cast<std::uint32_t>(lane);
  place += static_cast<std::uint32_t>(first);
  const vu word = mix(mix(place * 0x9E3779B9 + d.k0) ^ d.k1);
  return d.all ? vi{} : (vi)(word >= d.threshold);
}

void dropout(const Dropout& d, i64 n, const float* x, float* y) {
  i64 i = 0;
  for (; i + VL <= n; i += VL) store(y + i, load(x + i) * choose(kept_from(d, d.first + i), all(d.scale), v{}));
  if (i < n) store_part(y + i, load_part(x + i, n - i) * choose(kept_from(d, d.first + i), all(d.scale), v{}), n - i);
}

void mask(const Dropout& d, i64 n, std::uint8_t* kept) {
  typedef std::int8_t bytes __attribute__((vector_size(VL)));
  i64 i = 0;
  for (; i + VL <= n; i += VL) {
    const bytes b = __builtin_convertvector(kept_from(d, d.first + i), bytes) & 1;
    __builtin_memcpy(kept + i, &b, VL);
  }
  const vi rest = kept_from(d, d.first + i);
  for (i64 j = i; j < n; ++j) kept[j] = rest[j - i] & 1;
}

}  // namespace

PELLUCID_DEFINE_TABLE(DropoutKernels, dropout_kernels) = {dropout, mask};
