#include "embedding.h"

#include <atomic>

#include "pool.h"

namespace pellucid {

bool run_gather(const Lookup& l, const float* table, float* out) {
  std::atomic<bool> good{true};
  const i64 chunks = chunks_for(l.count * l.width, l.count);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = l.count * chunk / chunks, to = l.count * (chunk + 1) / chunks;
    const Lookup part{l.rows, l.width, to - from, l.index + from};
    if (!embedding_kernels().gather(part, table, out + from * l.width)) good = false;
  });
  return good;
}

bool run_scatter(const Lookup& l, const float* values, float* table) {
  std::atomic<bool> good{true};
  const i64 chunks = chunks_for((l.count + l.rows) * l.width, l.rows);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = l.rows * chunk / chunks, to = l.rows * (chunk + 1) / chunks;
    if (!embedding_kernels().scatter(l, from, to, values, table)) good = false;
  });
  return good;
}

}  // namespace pellucid
