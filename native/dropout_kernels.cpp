// What is kept by counted random words, and the words' mask.
#include "dropout.h"

#include "dropout_words.h"

namespace {

using pellucid::Dropout;

void dropout(const Dropout& given, i64 n, const float* x, float* y) {
  const Dropout d = given;  // a copy that stores to y cannot change
  words c = counter(d, d.first);
  i64 i = 0;
  for (; i + VL <= n; i += VL, c += VL * APART) store(y + i, load(x + i) * choose(kept(d, c), all(d.scale), v{}));
  if (i < n) store_part(y + i, load_part(x + i, n - i) * choose(kept(d, c), all(d.scale), v{}), n - i);
}

void mask(const Dropout& given, i64 n, std::uint8_t* out) {
  typedef std::int8_t bytes __attribute__((vector_size(VL)));
  const Dropout d = given;
  words c = counter(d, d.first);
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
