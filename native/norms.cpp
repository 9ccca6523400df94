#include "norms.h"

#include <vector>

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 12;  // of one element
constexpr i64 kUnit = 32;        // columns at which chunks are cut: whole vectors of every instruction set

// Calls work(from, to, chunk) for chunks of rows or columns.
template <typename F>
i64 in_chunks(i64 rows, i64 columns, bool of_rows, const F& work) {
  const i64 unit = of_rows ? 1 : kUnit, length = of_rows ? rows : columns, units = (length + unit - 1) / unit;
  const i64 chunks = chunks_for(kOperations * rows * columns, units);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * unit, to = units * (chunk + 1) / chunks * unit;
    work(from, to < length ? to : length, chunk);
  });
  return chunks;
}

}  // namespace

void run_norm(const Norm& n, bool of_rows) {
  in_chunks(n.rows, n.columns, of_rows, [&](i64 from, i64 to, i64) {
    if (!of_rows) return norm_kernels().of_columns(n, from, to);
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

void run_norm_backward(const NormGradient& n, bool of_rows) {
  const i64 width = 2 * n.columns;
  std::vector<float> sums(of_rows ? static_cast<std::size_t>(kMostChunks * width) : 0);
  const i64 chunks = in_chunks(n.rows, n.columns, of_rows, [&](i64 from, i64 to, i64 chunk) {
    if (!of_rows) return norm_kernels().of_columns_backward(n, from, to);
    NormGradient part = n;
    part.rows = to - from;
    part.x += from * n.columns;
    part.dy += from * n.columns;
    part.dx += from * n.columns;
    part.mean += from;
    part.rstd += from;
    norm_kernels().of_rows_backward(part, sums.data() + chunk * width);
  });
  if (!of_rows) return;
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
