// Where the taps of a convolution lie, for both of its directions.
#pragma once

#include <algorithm>
#include <vector>

#include "convolution.h"

namespace pellucid {

inline i64 ceil_of(i64 a, i64 b) { return (a + b - 1) / b; }
inline i64 volume(const i64 (&n)[3]) { return n[0] * n[1] * n[2]; }

// y at the targets = the sum over taps of x at the windows times weights. `index` says which of W's taps each is.
struct Reach {
  Windows windows{};
  Targets targets{};
  std::vector<Stretch> taps;
  std::vector<i64> index;
};

inline Windows windows_of(const Convolution& c, const float* x) {
  Windows w{x, x + c.samples * volume(c.size) * c.in, c.in, {}, {}, {}};
  for (int i = 0; i < 3; ++i) w.size[i] = c.size[i], w.places[i] = c.places[i], w.step[i] = c.stride[i];
  return w;
}

inline Reach forward_reach(const Convolution& c, const float* x, float* y) {
  Reach r;
  r.windows = windows_of(c, x);
  r.targets.y = y;
  r.targets.pixel = c.out;
  for (int i = 0; i < 3; ++i) r.targets.size[i] = r.targets.places[i] = c.places[i], r.targets.step[i] = 1;
  for (i64 z = 0; z < c.kernel[0]; ++z)
    for (i64 y = 0; y < c.kernel[1]; ++y)
      for (i64 x = 0; x < c.kernel[2]; ++x) {
        r.index.push_back(static_cast<i64>(r.taps.size()));
        r.taps.push_back({{z * c.dilation[0] - c.padding[0], y * c.dilation[1] - c.padding[1],
                           x * c.dilation[2] - c.padding[2]},
                          1});
      }
  return r;
}

// Along one axis, for the places of x of one phase: the taps that reach them, each with the place of dy that it is
// multiplied by, counted from the phase's place. The last tap comes first, so that neighbours follow one another.
struct Phase {
  std::vector<i64> taps, offsets;
};
inline Phase phase_of(const Convolution& c, int axis, i64 phase) {
  Phase found;
  for (i64 tap = c.kernel[axis] - 1; tap >= 0; --tap) {
    const i64 distance = phase + c.padding[axis] - tap * c.dilation[axis];
    if (distance % c.stride[axis]) continue;
    found.taps.push_back(tap);
    found.offsets.push_back(distance / c.stride[axis]);
  }
  return found;
}

// From dy back to dx: where the stride is above 1 the places of x fall into phases that see different taps. Calls
// work(reach) for each; places that no tap reaches are zeros.
template <typename F>
void for_phases(const Convolution& c, const float* dy, float* dx, const F& work) {
  i64 count[3];
  bool reached = true;
  for (int i = 0; i < 3; ++i) {
    count[i] = std::min(c.stride[i], c.size[i]);
    for (i64 base = 0; base < count[i]; ++base) reached = reached && !phase_of(c, i, base).taps.empty();
  }
  if (!reached) std::fill(dx, dx + c.samples * volume(c.size) * c.in, 0.0f);
  for (i64 phase = 0; phase < volume(count); ++phase) {
    const i64 base[3] = {phase / count[2] / count[1], phase / count[2] % count[1], phase % count[2]};
    Phase axes[3];
    Reach r;
    r.windows.x = dy;
    r.windows.end = dy + c.samples * volume(c.places) * c.out;
    r.windows.pixel = c.out;
    r.targets.y = dx;
    r.targets.pixel = c.in;
    for (int i = 0; i < 3; ++i) {
      axes[i] = phase_of(c, i, base[i]);
      r.windows.size[i] = c.places[i];
      r.windows.step[i] = 1;
      r.windows.places[i] = r.targets.places[i] = ceil_of(c.size[i] - base[i], c.stride[i]);
      r.targets.size[i] = c.size[i];
      r.targets.base[i] = base[i];
      r.targets.step[i] = c.stride[i];
    }
    for (std::size_t z = 0; z < axes[0].taps.size(); ++z)
      for (std::size_t y = 0; y < axes[1].taps.size(); ++y)
        for (std::size_t x = 0; x < axes[2].taps.size(); ++x) {
          r.index.push_back((axes[0].taps[z] * c.kernel[1] + axes[1].taps[y]) * c.kernel[2] + axes[2].taps[x]);
          r.taps.push_back({{axes[0].offsets[z], axes[1].offsets[y], axes[2].offsets[x]}, 1});
        }
    if (!r.taps.empty()) work(r);
  }
}

}  // namespace pellucid
