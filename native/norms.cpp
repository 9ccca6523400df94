#include "norms.h"

#include <vector>

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 12;  // of one element
// Calls work(from, to, chunk) for chunks of rows.
template <typename F>
i64 in_chunks(i64 rows, i64 columns, const F& work) {
  const i64 chunks = chunks_for(kOperations * rows * columns, rows);
  parallel_for(chunks, [&](i64 chunk) { work(rows * chunk / chunks, rows * (chunk + 1) / chunks, chunk); });
  return chunks;
}

}  // namespace

void run_norm(const Norm& n) {
  in_chunks(n.rows, n.columns, [&](i64 from, i64 to, i64) {
    Norm part = n;
    part.rows = to - from;
    part.x += from * n.columns;
    part.y += from * n.columns;
    part.mean += from;
    part.var += from;
    part.rstd += from;
    norm_kernels().of_rows(part);
  });
}

void run_norm_backward(const NormGradient& n) {
  const i64 width = 2 * n.columns;
  std::vector<float> sums(static_cast<std::size_t>(kMostChunks * width));
  const i64 chunks = in_chunks(n.rows, n.columns, [&](i64 from, i64 to, i64 chunk) {
    NormGradient part = n;
    part.rows = to - from;
    part.x += from * n.columns;
    part.dy += from * n.columns;
    part.dx += from * n.columns;
    part.mean += from;
    part.rstd += from;
    norm_kernels().of_rows_backward(part, sums.data() + chunk * width);
  });
  for (i64 j = 0; j < n.columns; ++j) {
    float w = 0, b = 0;
    for (i64 chunk = 0; chunk < chunks; ++chunk) {
      w += sums[static_cast<std::size_t>(chunk * width + j)];
      b += sums[static_cast<std::size_t>(chunk * width + n.columns + j)];
    }
    n.dw[j] = w;
    n.db[j] = b;
  }
}

}  // namespace pellucid
