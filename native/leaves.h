// Work over many arrays, small and large, as if they lay one behind the other.
#pragma once

#include <vector>

#include "pool.h"

namespace pellucid {

// Cuts all leaves into chunks of equal length and calls kernel(chunk, leaf, from, to) for each piece of a leaf in a
// chunk. `operations` is what an element costs, in operations of a product of matrices. Returns the number of chunks.
template <typename Leaf, typename Kernel>
i64 over(const std::vector<Leaf>& leaves, i64 operations, const Kernel& kernel) {
  constexpr i64 kUnit = 64;  // floats; threads do not write into the same line of a cache
  i64 total = 0;
  for (const Leaf& leaf : leaves) total += leaf.size;
  const i64 units = (total + kUnit - 1) / kUnit, chunks = chunks_for(operations * total, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit, to = units * (chunk + 1) / chunks * kUnit;
    i64 first = 0;  // where this leaf begins
    for (const Leaf& leaf : leaves) {
      const i64 a = from > first ? from - first : 0, b = to - first < leaf.size ? to - first : leaf.size;
      if (a < b) kernel(chunk, leaf, a, b);
      first += leaf.size;
    }
  });
  return chunks;
}

}  // namespace pellucid
