// Windows of a convolution as the rows of a matrix, in slabs that fit into the caches.
#pragma once

#include <algorithm>
#include <vector>

#include "convolution.h"
#include "convolution_taps.h"
#include "pool.h"

namespace pellucid {

constexpr i64 kBlock = 48 * 1024;  // floats of A at once, a fifth of a second-level cache of 1 MB
constexpr i64 kTall = 448;         // windows at once at most
constexpr i64 kBeyond = 16;        // floats that gathering may write behind the last row

// The taps that windows see, joined to stretches, and cut to slabs of at most kWide numbers.
struct Taps {
  std::vector<Stretch> stretches;
  std::vector<Slab> slabs;
  std::vector<i64> rows;  // where the slabs begin in B
  i64 channels, widest = 0;
  bool in_place = false;  // a window is one place, and the windows are all places

  // `offsets` of the taps in the order of B's rows, for `channels` of `pixel` numbers of a place.
  Taps(const std::vector<Stretch>& taps, const Windows& w, i64 channels) : channels(channels) {
    for (const Stretch& tap : taps) {
      if (!stretches.empty() && channels == w.pixel && follows(stretches.back(), tap) &&
          (stretches.back().length + 1) * channels <= kWide)
        ++stretches.back().length;
      else
        stretches.push_back(tap);
    }
    i64 row = 0;
    for (std::size_t k = 0; k < stretches.size();) {
      const i64 parts = ceil_of(channels * stretches[k].length, kWide);
      if (parts > 1) {  // a single place of many channels
        for (i64 part = 0; part < parts; ++part) {
          const i64 from = channels * part / parts, to = channels * (part + 1) / parts;
          add({&stretches[k], 1, from, to - from}, row + from, to - from);
        }
        row += channels;
        ++k;
        continue;
      }
      Slab slab{&stretches[k], 0, 0, channels};
      i64 width = 0;
      for (; k < stretches.size() && width + stretches[k].length * channels <= kWide; ++k, ++slab.count)
        width += stretches[k].length * channels;
      add(slab, row, width);
      row += width;
    }
    in_place = taps.size() == 1;
    for (int i = 0; i < 3; ++i)
      in_place = in_place && taps[0].offset[i] == 0 && w.step[i] == 1 && w.places[i] == w.size[i];
  }

  i64 width(std::size_t slab) const {
    i64 sum = 0;
    for (i64 k = 0; k < slabs[slab].count; ++k) sum += slabs[slab].stretches[k].length * slabs[slab].channels;
    return sum;
  }

  // How many windows are worked on at once.
  i64 tall() const { return std::clamp<i64>(kBlock / std::max<i64>(widest, 1), 28, kTall); }

 private:
  static bool follows(const Stretch& a, const Stretch& b) {
    return a.offset[0] == b.offset[0] && a.offset[1] == b.offset[1] && a.offset[2] + a.length == b.offset[2];
  }
  void add(const Slab& slab, i64 row, i64 width) {
    slabs.push_back(slab);
    rows.push_back(row);
    widest = std::max(widest, width);
  }
};

// The rows of A for some windows: gathered, or where they lie.
struct Rows {
  const float* A;
  i64 lda;
};
inline Rows rows_of(const Windows& w, const Taps& taps, std::size_t s, i64 group, i64 first, i64 count, float* memory) {
  Slab slab = taps.slabs[s];
  slab.channel += group * taps.channels;
  if (taps.in_place) return {w.x + first * w.pixel + slab.channel, w.pixel};
  const i64 row = taps.width(s);
  convolution_kernels().gather(w, slab, first, count, memory, row);
  return {memory, row};
}

// Every group's weights in another order, by several threads.
template <typename F>
void for_weights(i64 groups, i64 outs, i64 length, const F& work) {
  const i64 units = ceil_of(outs, 16), chunks = chunks_for(4 * groups * outs * length, groups * units);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 unit = groups * units * chunk / chunks; unit < groups * units * (chunk + 1) / chunks; ++unit) {
      const i64 from = unit % units * 16;
      work(unit / units, from, std::min(outs, from + 16));
    }
  });
}

inline std::vector<i64> counted(i64 n) {
  std::vector<i64> ranks(static_cast<std::size_t>(n));
  for (i64 i = 0; i < n; ++i) ranks[static_cast<std::size_t>(i)] = i;
  return ranks;
}

}  // namespace pellucid
