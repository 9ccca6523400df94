// Rows of a table looked up by number, and the sum that is its gradient.
#pragma once

#include "isa.h"

namespace pellucid {

// Numbers may count from the end, as NumPy's do. Each of the `count` numbers names a row of `table` (rows, width).
struct Lookup {
  i64 rows, width, count;
  const std::int64_t* index;
};

struct EmbeddingKernels {
  // out[i] = table[index[i]]; false when a number is no row.
  bool (*gather)(const Lookup& l, const float* table, float* out);
  // table[k] = the sum of values[i] over the i with index[i] = k, for the rows k = from ... to - 1.
  bool (*scatter)(const Lookup& l, i64 from, i64 to, const float* values, float* table);
};
PELLUCID_DECLARE_TABLE(EmbeddingKernels, embedding_kernels)

// Whole tasks. A gather is cut along the numbers, a scatter along the rows of the table: every chunk looks at all
// numbers and adds those that are its own, in their order.
bool run_gather(const Lookup& l, const float* table, float* out);
bool run_scatter(const Lookup& l, const float* values, float* table);

}  // namespace pellucid
