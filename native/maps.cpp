#include "maps.h"

#include "pool.h"

namespace pellucid {

void run_map(MapKernel kernel, const Map& map) {
  constexpr i64 kUnit = 1024;  // whole cache lines and whole vectors
  constexpr i64 kWorthwhile = 65536;  // elements: 5 to 20 us of work, where waking a thread costs 5
  const auto run = map_kernels().*kernel;
  const i64 units = (map.n + kUnit - 1) / kUnit;
  const i64 chunks = map.n / kWorthwhile < kMostChunks ? map.n / kWorthwhile : kMostChunks;
  if (chunks < 2) return run(map);
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
