#include "maps.h"

#include "pool.h"

namespace pellucid {

void run_map(MapKernel kernel, const Map& map) {
  constexpr i64 kUnit = 1024;            // whole cache lines and whole vectors
  constexpr i64 kWorthwhile = 16384;     // elements of a chunk: 1 to 5 us
  constexpr i64 kWorthWaking = 1 << 19;  // elements: 40 us or more
  const auto run = map_kernels().*kernel;
  const i64 units = (map.n + kUnit - 1) / kUnit;
  const i64 chunks = map.n / kWorthwhile < kMostChunks ? map.n / kWorthwhile : kMostChunks;
  if (chunks < 2) return run(map);
  const auto work = [&](i64 chunk) {
    const i64 from = units * chunk / chunks * kUnit;
    const i64 to = chunk + 1 == chunks ? map.n : units * (chunk + 1) / chunks * kUnit;
    Map part = map;
    part.x += from;
    if (part.dy) part.dy += from;
    part.out += from;
    part.n = to - from;
    run(part);
  };
  parallel_for(chunks, work, map.n >= kWorthWaking);
}

}  // namespace pellucid
