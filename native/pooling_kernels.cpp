// The largest element, or the mean, of windows.
//
// Loop order: places of y, then channels in vectors, then the elements of the window that lie inside of x, so that the
// best so far stays in a register. The gradient goes the same way and adds to dx, which was filled with zeros; where
// windows do not overlap it need not read dx, and where they cover x nothing is filled before.
#include "pooling.h"

#include "vec.h"

namespace {

using pellucid::Pooling;

typedef std::int32_t vi_unaligned __attribute__((vector_size(VL * 4), aligned(4), may_alias));

// The elements first .. end of a window that lie inside of x along one axis; element k lies at `at` + k dilation.
struct Span {
  i64 first, end, at;
};

INLINE Span span(const Pooling& p, int axis, i64 place) {
  const i64 at = place * p.stride[axis] - p.padding[axis], d = p.dilation[axis];
  const i64 first = at < 0 ? ceil_div(-at, d) : 0, left = p.size[axis] - at;
  const i64 end = smaller(p.window[axis], left > 0 ? ceil_div(left, d) : 0);
  return {first, end < first ? first : end, at};
}

// Calls f(element of the window, where it lies in a sample).
template <typename F>
INLINE void each_element(const Pooling& p, const Span (&s)[3], const F& f) {
  for (i64 kz = s[0].first; kz < s[0].end; ++kz)
    for (i64 ky = s[1].first; ky < s[1].end; ++ky) {
      const i64 line = (s[0].at + kz * p.dilation[0]) * p.size[1] + s[1].at + ky * p.dilation[1];
      const i64 element = (kz * p.window[1] + ky) * p.window[2];
      for (i64 kx = s[2].first; kx < s[2].end; ++kx)
        f(element + kx, line * p.size[2] + s[2].at + kx * p.dilation[2]);
    }
}

// Calls f(place of y, sample, spans) for lines of y.
template <typename F>
INLINE void each_place(const Pooling& p, i64 from, i64 to, const F& f) {
  for (i64 line = from; line < to; ++line) {
    const i64 planes = line / p.places[1];
    Span s[3] = {span(p, 0, planes % p.places[0]), span(p, 1, line % p.places[1]), {}};
    for (i64 x = 0; x < p.places[2]; ++x) {
      s[2] = span(p, 2, x);
      f(line * p.places[2] + x, planes / p.places[0], s);
    }
  }
}

INLINE i64 volume(const i64 (&n)[3]) { return n[0] * n[1] * n[2]; }

// One vector of channels, of which the last may be a part.
INLINE void max_of(const Pooling& p, const Span (&s)[3], const float* x, i64 n, float* y, std::int32_t* which) {
  v best = all(-__builtin_inff());
  vi at = vi{} - 1;
  each_element(p, s, [&](i64 element, i64 place) {
    const v value = read(x + place * p.channels, n);
    const vi better = (value > best) | (value != value) | (at < 0);
    best = choose(better, value, best);
    at = better ? vi{} + static_cast<std::int32_t>(element) : at;
  });
  write(y, best, n);
  write(reinterpret_cast<float*>(which), (v)at, n);
}

void max_pool(const Pooling& p, const float* x, i64 from, i64 to, float* y, std::int32_t* which) {
  const i64 sample = volume(p.size) * p.channels, whole = p.channels / VL * VL;
  each_place(p, from, to, [&](i64 place, i64 n, const Span (&s)[3]) {
    const float* a = x + n * sample;
    const i64 o = place * p.channels;
    for (i64 c = 0; c < whole; c += VL) max_of(p, s, a + c, VL, y + o + c, which + o + c);
    if (whole < p.channels) max_of(p, s, a + whole, p.channels - whole, y + o + whole, which + o + whole);
  });
}

INLINE void mean_of(const Pooling& p, const Span (&s)[3], const float* x, float count, i64 n, float* y) {
  v sum = {};
  each_element(p, s, [&](i64, i64 place) { sum += read(x + place * p.channels, n); });
  write(y, sum / all(count), n);
}

void avg_pool(const Pooling& p, const float* x, const float* count, i64 from, i64 to, float* y) {
  const i64 sample = volume(p.size) * p.channels, places = volume(p.places), whole = p.channels / VL * VL;
  each_place(p, from, to, [&](i64 place, i64 n, const Span (&s)[3]) {
    const float* a = x + n * sample;
    float* b = y + place * p.channels;
    for (i64 c = 0; c < whole; c += VL) mean_of(p, s, a + c, count[place % places], VL, b + c);
    if (whole < p.channels) mean_of(p, s, a + whole, count[place % places], p.channels - whole, b + whole);
  });
}

bool overlap(const Pooling& p) {
  for (int i = 0; i < 3; ++i)
    if (p.places[i] > 1 && p.stride[i] < p.dilation[i] * (p.window[i] - 1) + 1) return true;
  return false;
}

bool cover(const Pooling& p) {
  for (int i = 0; i < 3; ++i)
    if (p.padding[i] || p.dilation[i] != 1 || p.stride[i] > p.window[i] ||
        (p.places[i] - 1) * p.stride[i] + p.window[i] < p.size[i])
      return false;
  return true;
}

// For every vector of channels of each place of a sample: f(place of y, channel, how many, spans).
template <typename F>
INLINE void each_vector(const Pooling& p, i64 sample, i64 from, i64 to, const F& f) {
  const i64 lines = p.places[0] * p.places[1];
  each_place(p, sample * lines, (sample + 1) * lines, [&](i64 place, i64, const Span (&s)[3]) {
    i64 c = from;
    for (; c + VL <= to; c += VL) f(place, c, i64{VL}, s);
    if (c < to) f(place, c, to - c, s);
  });
}

// Adds share(element) of each window to dx.
template <bool OVERLAP, typename F>
INLINE void spread(const Pooling& p, const Span (&s)[3], float* dx, i64 n, const F& share) {
  each_element(p, s, [&](i64 element, i64 place) {
    float* to = dx + place * p.channels;
    write(to, OVERLAP ? read(to, n) + share(element) : share(element), n);
  });
}

void clear(const Pooling& p, float* dx, i64 from, i64 to) {
  for (i64 place = 0; place < volume(p.size); ++place, dx += p.channels) {
    i64 c = from;
    for (; c + VL <= to; c += VL) store(dx + c, v{});
    if (c < to) store_part(dx + c, v{}, to - c);
  }
}

template <bool OVERLAP>
void max_pool_spread(const Pooling& p, const float* dy, const std::int32_t* which, i64 sample, i64 from, i64 to,
                     float* dx) {
  each_vector(p, sample, from, to, [&](i64 place, i64 c, i64 n, const Span (&s)[3]) {
    const i64 o = place * p.channels + c;
    const v g = read(dy + o, n);
    const vi at = (vi)read(reinterpret_cast<const float*>(which + o), n);
    spread<OVERLAP>(p, s, dx + c, n, [&](i64 element) {
      return choose(at == vi{} + static_cast<std::int32_t>(element), g, v{});
    });
  });
}

template <bool OVERLAP>
void avg_pool_spread(const Pooling& p, const float* dy, const float* count, i64 sample, i64 from, i64 to, float* dx) {
  const i64 places = volume(p.places);
  each_vector(p, sample, from, to, [&](i64 place, i64 c, i64 n, const Span (&s)[3]) {
    const v share = read(dy + place * p.channels + c, n) / all(count[place % places]);
    spread<OVERLAP>(p, s, dx + c, n, [&](i64) { return share; });
  });
}

void max_pool_backward(const Pooling& p, const float* dy, const std::int32_t* which, i64 sample, i64 from, i64 to,
                       float* dx) {
  dx += sample * volume(p.size) * p.channels;
  const bool shared = overlap(p);
  if (shared || !cover(p)) clear(p, dx, from, to);
  (shared ? max_pool_spread<true> : max_pool_spread<false>)(p, dy, which, sample, from, to, dx);
}

void avg_pool_backward(const Pooling& p, const float* dy, const float* count, i64 sample, i64 from, i64 to, float* dx) {
  dx += sample * volume(p.size) * p.channels;
  const bool shared = overlap(p);
  if (shared || !cover(p)) clear(p, dx, from, to);
  (shared ? avg_pool_spread<true> : avg_pool_spread<false>)(p, dy, count, sample, from, to, dx);
}

}  // namespace

PELLUCID_DEFINE_TABLE(PoolingKernels, pooling_kernels) = {max_pool, avg_pool, max_pool_backward, avg_pool_backward};
