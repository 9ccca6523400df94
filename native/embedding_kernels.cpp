// Rows copied, or added up: one row after the other, in vectors along it. Numbers are looked at where they are used,
// so that one that is out of range never becomes an address.
#include "embedding.h"

#include "vec.h"

namespace {

using pellucid::Lookup;

// The row that a number names, or -1.
INLINE i64 row_of(const Lookup& l, i64 number) {
  if (number < 0) number += l.rows;
  return number >= 0 && number < l.rows ? number : -1;
}

bool gather(const Lookup& l, const float* table, float* out) {
  bool good = true;
  for (i64 i = 0; i < l.count; ++i, out += l.width) {
    const i64 row = row_of(l, l.index[i]);
    good = good && row >= 0;
    if (row < 0) continue;
    const float* from = table + row * l.width;
    i64 j = 0;
    for (; j + VL <= l.width; j += VL) store(out + j, load(from + j));
    for (; j < l.width; ++j) out[j] = from[j];
  }
  return good;
}

bool scatter(const Lookup& l, i64 from, i64 to, const float* values, float* table) {
  bool good = true;
  for (i64 j = from * l.width; j < to * l.width; ++j) table[j] = 0;
  for (i64 i = 0; i < l.count; ++i, values += l.width) {
    const i64 row = row_of(l, l.index[i]);
    good = good && row >= 0;
    if (row < from || row >= to) continue;
    float* sum = table + row * l.width;
    i64 j = 0;
    for (; j + VL <= l.width; j += VL) store(sum + j, load(sum + j) + load(values + j));
    for (; j < l.width; ++j) sum[j] += values[j];
  }
  return good;
}

}  // namespace

PELLUCID_DEFINE_TABLE(EmbeddingKernels, embedding_kernels) = {gather, scatter};
