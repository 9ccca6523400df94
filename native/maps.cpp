#include "maps.h"

#include "pool.h"

namespace pellucid {

void run_map(MapKernel kernel, const Map& map) {
  constexpr i64 kUnit = 1024;  // whole cache lines and whole vectors
  const auto run = map_kernels().*kernel;
  const i64 units = (map.n + kUnit - 1) / kUnit;
  const i64 chunks = chunks_for(30 * map.n, units);
  if (chunks == 1) return run(map);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit;
    const i64 to = chunk + 1 == chunks ? map.n : units * (chunk + 1) / chunks * kUnit;
    Map part = map;
    part.x += from;
    if (part.dy) part.dy += from;
    part.out += from;
    part.n = to - from;
    run(part);
  });
}

}  // namespace pellucid
