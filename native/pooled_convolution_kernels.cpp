// The largest of windows of max(convolution, 0), and the gradients by way of what they chose.
//
// Loop order of the gradients by patches: the caller goes over samples (whose x stays in the first-level cache) and
// outputs; here, up to three rows of a patch, in as many vectors as fit into the registers, are summed over all windows
// that chose a place for this output. Each product reads one vector of x and nothing else. The gradient by x keeps the
// weights in registers the same way, and reads and writes dx, of which a processor writes one vector a cycle.
// Where x has so few channels that its patches do not fill vectors, vectors of outputs are taken instead, whose sums
// for up to MOST_TAPS taps stay in registers; dy is taken for 0 at the places that were not chosen.
#include "pooled_convolution.h"

#include "vec.h"

namespace {

using pellucid::Chosen;
using pellucid::Patch;
using pellucid::Patches;
using pellucid::WindowLines;

INLINE v read(const float* p, i64 n) { return n == VL ? load(p) : load_part(p, n); }
INLINE void write(float* p, v x, i64 n) {
  if (n == VL) store(p, x);
  else store_part(p, x, n);
}
INLINE vi read(const std::int32_t* p, i64 n) { return (vi)read(reinterpret_cast<const float*>(p), n); }
INLINE vi number(i64 n) { return vi{} + static_cast<std::int32_t>(n); }

// --- forward --------------------------------------------------------------------------------------------------------

// As max_pool of pooling_kernels.cpp finds the largest: the first of equal ones, the last NaN.
void pool(const WindowLines& w, i64 lines, const float* C, float* y, std::int32_t* which) {
  const i64 across = w.places * w.width * w.columns;
  for (i64 line = 0; line < lines; ++line, C += w.rows * across)
    for (i64 x = 0; x < w.places; ++x, y += w.columns, which += w.columns)
      for (i64 c = 0; c < w.columns; c += VL) {
        const i64 n = smaller(VL, w.columns - c);
        const float* first = C + x * w.width * w.columns + c;
        v best = read(first, n);
        vi at = vi{};
        for (i64 i = 0, element = 0; i < w.rows; ++i)
          for (i64 j = 0; j < w.width; ++j, ++element) {
            const v value = read(first + i * across + j * w.columns, n);
            const vi better = (value > best) | (value != value);
            best = choose(better, value, best);
            at = better ? number(element) : at;
          }
        at = best > v{} ? at : vi{} - 1;
        write(y + c, choose(best < v{}, v{}, best) + v{}, n);
        write(reinterpret_cast<float*>(which + c), (v)at, n);
      }
}

// --- what was chosen ------------------------------------------------------------------------------------------------

constexpr i64 MOST_ELEMENTS = 64;

i64 choose_places(const WindowLines& w, const Patches& p, i64 lines, const float* dy, const std::int32_t* which,
                  std::int32_t* at, float* chosen) {
  std::int32_t element[MOST_ELEMENTS];
  const bool few = w.rows * w.width <= MOST_ELEMENTS;
  for (i64 i = 0; few && i < w.rows * w.width; ++i)
    element[i] = static_cast<std::int32_t>(i / w.width * p.row + i % w.width * p.step);
  i64 count = 0;
  for (i64 line = 0; line < lines; ++line)
    for (i64 x = 0; x < w.places; ++x, which += w.columns, dy += w.columns) {
      const std::int32_t k = *which, first = static_cast<std::int32_t>(line * p.line + x * p.window);
      const i64 i = k < 0 ? 0 : k;  // what is written for a window that chose none is overwritten by the next
      at[count] = first + (few ? element[i] : static_cast<std::int32_t>(i / w.width * p.row + i % w.width * p.step));
      chosen[count] = *dy;
      count += k >= 0;
    }
  return count;
}

void sum_chosen(const float* dy, const std::int32_t* which, i64 rows, i64 columns, float* sums) {
  for (i64 c = 0; c < columns; c += VL) {
    const i64 n = smaller(VL, columns - c);
    v sum = {};
    for (i64 i = 0; i < rows; ++i)
      sum += choose(read(which + i * columns + c, n) >= 0, read(dy + i * columns + c, n), v{});
    write(sums + c, read(sums + c, n) + sum, n);
  }
}

// --- gradients by patches -------------------------------------------------------------------------------------------

#if defined(__AVX512F__)
constexpr int MOST = 18;  // vectors of a patch in 32 registers
#define ONE_ROW 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18
#define TWO_ROWS 1, 2, 3, 4, 5, 6, 7, 8, 9
#define THREE_ROWS 1, 2, 3, 4, 5, 6
#else
constexpr int MOST = 12;  // in 16 registers
#define ONE_ROW 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define TWO_ROWS 1, 2, 3, 4, 5, 6
#define THREE_ROWS 1, 2, 3, 4
#endif

// The last vector of a row may be a part of it, of `length` floats; what is behind belongs to others.
struct Piece {
  i64 line, stride, last;
};

template <int ROWS, int VECTORS>
__attribute__((noinline)) void sum_piece(const Piece& piece, const Chosen& chosen, const float* x, float* sums) {
  v sum[ROWS][VECTORS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) sum[i][j] = load(sums + i * piece.stride + j * VL);
  const i64 line = piece.line;
  for (i64 k = 0; k < chosen.count; ++k) {
    const v dy = all(chosen.dy[k]);
    const float* from = x + chosen.at[k];
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < VECTORS; ++j) sum[i][j] += dy * load(from + i * line + j * VL);
  }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) store(sums + i * piece.stride + j * VL, sum[i][j]);
}

template <int ROWS, int VECTORS>
__attribute__((noinline)) void add_piece(const Piece& piece, const Chosen& chosen, const float* weights, float* dx) {
  v w[ROWS][VECTORS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) w[i][j] = load(weights + i * piece.stride + j * VL);
  vi own;
  for (int j = 0; j < VL; ++j) own[j] = j < piece.last ? -1 : 0;
  const i64 line = piece.line;
  for (i64 k = 0; k < chosen.count; ++k) {
    const v dy = all(chosen.dy[k]);
    float* to = dx + chosen.at[k];
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < VECTORS; ++j) {
        float* place = to + i * line + j * VL;
        const v before = load(place), after = before + dy * w[i][j];
        store(place, j + 1 < VECTORS ? after : choose(own, after, before));
      }
  }
}

typedef void (*SumFn)(const Piece&, const Chosen&, const float*, float*);
typedef void (*AddFn)(const Piece&, const Chosen&, const float*, float*);
struct Pieces {
  SumFn sum[MOST + 1];
  AddFn add[MOST + 1];
};
template <int ROWS, int... V>
constexpr Pieces make_pieces() {
  return {{nullptr, sum_piece<ROWS, V>...}, {nullptr, add_piece<ROWS, V>...}};
}
constexpr Pieces pieces_of[4] = {{}, make_pieces<1, ONE_ROW>(), make_pieces<2, TWO_ROWS>(), make_pieces<3, THREE_ROWS>()};

// Calls work(rows, vectors, first row, first float, floats in the last vector) for pieces that fit into the registers.
template <typename F>
INLINE void each_piece(const Patch& patch, const F& work) {
  const i64 vectors = ceil_div(patch.length, VL), most = 3 * vectors <= MOST ? 3 : 2 * vectors <= MOST ? 2 : 1;
  const i64 parts = ceil_div(vectors, MOST);
  for (i64 row = 0; row < patch.rows; row += most)
    for (i64 part = 0; part < parts; ++part) {
      const i64 from = vectors * part / parts, to = vectors * (part + 1) / parts;
      work(smaller(most, patch.rows - row), to - from, row, from * VL, smaller(VL, patch.length - (to - 1) * VL));
    }
}

void sum_patches(const Patch& patch, const Chosen& chosen, const float* x, float* sums) {
  each_piece(patch, [&](i64 rows, i64 vectors, i64 row, i64 from, i64 last) {
    pieces_of[rows].sum[vectors]({patch.line, patch.stride, last}, chosen, x + row * patch.line + from,
                                 sums + row * patch.stride + from);
  });
}

void add_patches(const Patch& patch, const Chosen& chosen, const float* weights, float* dx) {
  each_piece(patch, [&](i64 rows, i64 vectors, i64 row, i64 from, i64 last) {
    pieces_of[rows].add[vectors]({patch.line, patch.stride, last}, chosen, weights + row * patch.stride + from,
                                 dx + row * patch.line + from);
  });
}

// --- gradients by taps ----------------------------------------------------------------------------------------------

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
template <int TAPS_AT_ONCE, int VECTORS>
__attribute__((noinline)) void sum_tap_piece(const TapSums& s, i64 c, i64 last) {
  const WindowLines& w = s.w;
  v sum[TAPS_AT_ONCE][VECTORS];
  for (int t = 0; t < TAPS_AT_ONCE; ++t)
    for (int j = 0; j < VECTORS; ++j) sum[t][j] = v{};
  const float* dy = s.dy + c;
  const std::int32_t* which = s.which + c;
  for (i64 line = 0; line < s.lines; ++line)
    for (i64 x = 0; x < w.places; ++x, dy += w.columns, which += w.columns) {
      v g[VECTORS];
      vi at[VECTORS];
      for (int j = 0; j < VECTORS; ++j) {
        const i64 n = j + 1 < VECTORS ? VL : last;
        g[j] = read(dy + j * VL, n);
        at[j] = read(which + j * VL, n);
      }
      const float* first = s.x + line * s.p.line + x * s.p.window;
      for (i64 i = 0, element = 0; i < w.rows; ++i)
        for (i64 k = 0; k < w.width; ++k, ++element) {
          const float* from = first + i * s.p.row + k * s.p.step;
          v here[VECTORS];
          for (int j = 0; j < VECTORS; ++j) here[j] = choose(at[j] == number(element), g[j], v{});
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
template <int VECTORS, int... T>
constexpr TapPieces make_taps() {
  return {{nullptr, sum_tap_piece<T, VECTORS>...}};
}
constexpr TapPieces tap_pieces[BESIDE + 1] = {{}, make_taps<1, TAPS>(), make_taps<2, TAPS>()};

void sum_taps(const WindowLines& w, const Patches& p, i64 lines, const i64* taps, i64 count, const float* x,
              const float* dy, const std::int32_t* which, float* sums) {
  const i64 parts = ceil_div(count, MOST_TAPS);
  for (i64 part = 0; part < parts; ++part) {
    const i64 from = count * part / parts, some = count * (part + 1) / parts - from;
    const TapSums s{w, p, lines, taps + from, x, dy, which, sums + from * w.columns};
    for (i64 c = 0; c < w.columns; c += BESIDE * VL) {
      const i64 n = smaller(BESIDE * VL, w.columns - c), vectors = ceil_div(n, VL);
      tap_pieces[vectors].by_taps[some](s, c, n - (vectors - 1) * VL);
    }
  }
}

}  // namespace

PELLUCID_DEFINE_TABLE(PooledConvolutionKernels, pooled_convolution_kernels) = {
    pool, choose_places, sum_patches, add_patches, sum_taps, sum_chosen, VL};
