// Convolutions of few taps: every number of x that a tap finds is multiplied by vectors of outputs.
//
// Loop order of the forward: pieces of a line, of nearly equal length, as the tiles of a product; two vectors of outputs;
// the taps, while the sums of all places of the piece stay in registers. The gradient by the weights: up to MOST_TAPS
// taps, whose sums stay in registers; two vectors of outputs; all places. Of a window's places dy is taken for 0 but at
// the one that was chosen.
#include "few_taps.h"

#include "vec.h"

namespace {

using pellucid::Patches;
using pellucid::WindowLines;

#if defined(__AVX512F__)
constexpr int MOST_PLACES = 12;  // 24 sums, 2 of B
#define PLACES 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#else
constexpr int MOST_PLACES = 6;
#define PLACES 1, 2, 3, 4, 5, 6
#endif

struct TapsOfPlaces {
  const i64* taps;
  i64 count, step, stride;
  const float *B, *b;
};

template <int AT_ONCE, int VECTORS>
__attribute__((noinline)) void convolve_piece(const TapsOfPlaces& t, const float* x, i64 c, float* C) {
  v sum[AT_ONCE][VECTORS];
  for (int j = 0; j < VECTORS; ++j) {
    const v start = load(t.b + c + j * VL);
    for (int i = 0; i < AT_ONCE; ++i) sum[i][j] = start;
  }
  const float* B = t.B + c;
  const i64 step = t.step, stride = t.stride, count = t.count;
  i64 k = 0;
  do {
    v w[VECTORS];
    for (int j = 0; j < VECTORS; ++j) w[j] = load(B + j * VL);
    const float* from = x + t.taps[k];
    for (int i = 0; i < AT_ONCE; ++i) {
      const v value = all(from[i * step]);
      for (int j = 0; j < VECTORS; ++j) sum[i][j] += value * w[j];
    }
    B += stride;
  } while (++k < count);
  for (int i = 0; i < AT_ONCE; ++i)
    for (int j = 0; j < VECTORS; ++j) store(C + i * stride + c + j * VL, sum[i][j]);
}

typedef void (*PlacesFn)(const TapsOfPlaces&, const float*, i64, float*);
struct PlacePieces {
  PlacesFn of[MOST_PLACES + 1];
};
template <int VECTORS, int... N>
constexpr PlacePieces make_places() {
  return {{nullptr, convolve_piece<N, VECTORS>...}};
}
constexpr PlacePieces place_pieces[3] = {{}, make_places<1, PLACES>(), make_places<2, PLACES>()};

// Places in pieces of nearly equal length, as the tiles of a product.
void convolve(const WindowLines& w, const Patches& p, const i64* taps, i64 count, const float* x, const float* B,
              const float* b, float* C) {
  const TapsOfPlaces t{taps, count, p.step, w.stride, B, b};
  const i64 across = w.places * w.width, pieces = ceil_div(across, MOST_PLACES);
  for (i64 row = 0; row < w.rows; ++row)
    for (i64 piece = 0; piece < pieces; ++piece) {
      const i64 from = across * piece / pieces, some = across * (piece + 1) / pieces - from;
      for (i64 c = 0; c < w.stride; c += 2 * VL)
        place_pieces[c + VL < w.stride ? 2 : 1].of[some](t, x + row * p.row + from * p.step, c,
                                                         C + (row * across + from) * w.stride);
    }
}

#if defined(__AVX512F__)
constexpr int MOST_TAPS = 12, BESIDE = 2;  // 24 sums, 2 of dy
#define TAPS 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#else
constexpr int MOST_TAPS = 6, BESIDE = 2;
#define TAPS 1, 2, 3, 4, 5, 6
#endif

struct TapSums {
  const WindowLines& w;
  const Patches& p;
  i64 lines;
  const i64* taps;
  const float *x, *dy;
  const std::int32_t* which;
  float* sums;
};

// For `n` columns from `c` on, of which the last vector has `last`.
template <int TAPS_AT_ONCE, int VECTORS, bool DENSE>
__attribute__((noinline)) void sum_tap_piece(const TapSums& s, i64 c, i64 last) {
  const WindowLines& w = s.w;
  v sum[TAPS_AT_ONCE][VECTORS];
  for (int t = 0; t < TAPS_AT_ONCE; ++t)
    for (int j = 0; j < VECTORS; ++j) sum[t][j] = v{};
  const float* dy = s.dy + c;
  const std::int32_t* which = DENSE ? nullptr : s.which + c;
  for (i64 line = 0; line < s.lines; ++line)
    for (i64 x = 0; x < w.places; ++x, dy += w.columns, which = DENSE ? nullptr : which + w.columns) {
      v g[VECTORS];
      vi at[VECTORS];
      for (int j = 0; j < VECTORS; ++j) {
        const i64 n = j + 1 < VECTORS ? VL : last;
        g[j] = read(dy + j * VL, n);
        if (!DENSE) at[j] = (vi)read(reinterpret_cast<const float*>(which + j * VL), n);
      }
      const float* first = s.x + line * s.p.line + x * s.p.window;
      vi element = {};
      for (i64 i = 0; i < (DENSE ? 1 : w.rows); ++i)
        for (i64 k = 0; k < (DENSE ? 1 : w.width); ++k, element += 1) {
          const float* from = first + i * s.p.row + k * s.p.step;
          v here[VECTORS];
          for (int j = 0; j < VECTORS; ++j) here[j] = DENSE ? g[j] : choose(at[j] == element, g[j], v{});
          for (int t = 0; t < TAPS_AT_ONCE; ++t) {
            const v value = all(from[s.taps[t]]);
            for (int j = 0; j < VECTORS; ++j) sum[t][j] += value * here[j];
          }
        }
    }
  for (int t = 0; t < TAPS_AT_ONCE; ++t)
    for (int j = 0; j < VECTORS; ++j) {
      const i64 n = j + 1 < VECTORS ? VL : last;
      float* to = s.sums + t * w.columns + c + j * VL;
      write(to, read(to, n) + sum[t][j], n);
    }
}

typedef void (*TapFn)(const TapSums&, i64, i64);
struct TapPieces {
  TapFn by_taps[MOST_TAPS + 1];
};
template <int VECTORS, bool DENSE, int... T>
constexpr TapPieces make_taps() {
  return {{nullptr, sum_tap_piece<T, VECTORS, DENSE>...}};
}
constexpr TapPieces tap_pieces[BESIDE + 1] = {{}, make_taps<1, false, TAPS>(), make_taps<2, false, TAPS>()};
constexpr TapPieces dense_pieces[BESIDE + 1] = {{}, make_taps<1, true, TAPS>(), make_taps<2, true, TAPS>()};

void sum_taps(const WindowLines& w, const Patches& p, i64 lines, const i64* taps, i64 count, const float* x,
              const float* dy, const std::int32_t* which, float* sums) {
  const i64 parts = ceil_div(count, MOST_TAPS);
  for (i64 part = 0; part < parts; ++part) {
    const i64 from = count * part / parts, some = count * (part + 1) / parts - from;
    const TapSums s{w, p, lines, taps + from, x, dy, which, sums + from * w.columns};
    for (i64 c = 0; c < w.columns; c += BESIDE * VL) {
      const i64 n = smaller(BESIDE * VL, w.columns - c), vectors = ceil_div(n, VL);
      (which ? tap_pieces : dense_pieces)[vectors].by_taps[some](s, c, n - (vectors - 1) * VL);
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(FewTapsKernels, few_taps_kernels) = {convolve, sum_taps, VL};
