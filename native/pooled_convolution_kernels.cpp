// The largest of windows of max(convolution, 0), and the gradients by way of what they chose.
//
// Loop order of the gradients by patches: the caller goes over samples (whose x stays in the first-level cache) and
// outputs; here, up to three rows of a patch, in as many vectors as fit into the registers, are summed over all windows
// that chose a place for this output. Each product reads one vector of x and nothing else. The gradient by x keeps the
// weights in registers the same way, and reads and writes dx, of which a processor writes one vector a cycle.
#include "pooled_convolution.h"

#include "vec.h"

namespace {

using pellucid::Chosen;
using pellucid::Patch;
using pellucid::Patches;
using pellucid::WindowLines;

INLINE vi read(const std::int32_t* p, i64 n) { return (vi)read(reinterpret_cast<const float*>(p), n); }
INLINE vi number(i64 n) { return vi{} + static_cast<std::int32_t>(n); }

// --- forward --------------------------------------------------------------------------------------------------------

// As max_pool of pooling_kernels.cpp finds the largest: the first of equal ones, the last NaN.
// SIDE is that of a window of 2 x 2, the usual one, or 0.
template <int SIDE>
INLINE void pool_window(const float* C, i64 rows, i64 width, i64 across, i64 stride, i64 n, float* y,
                        std::int32_t* which) {
  v best = load(C);
  vi at = vi{}, element = vi{};
  for (i64 i = 0; i < (SIDE ? SIDE : rows); ++i)
    for (i64 j = 0; j < (SIDE ? SIDE : width); ++j, element += 1) {
      const v value = load(C + i * across + j * stride);
      const vi better = (value > best) | (value != value);
      best = choose(better, value, best);
      at = better ? element : at;
    }
  at = best > v{} ? at : vi{} - 1;
  write(y, choose(best < v{}, v{}, best), n);
  write(reinterpret_cast<float*>(which), (v)at, n);
}

template <int SIDE>
void pool_lines(const WindowLines w, i64 lines, const float* C, float* y, std::int32_t* which) {
  const i64 across = w.places * w.width * w.stride, whole = w.columns / VL * VL;
  for (i64 line = 0; line < lines; ++line, C += w.rows * across)
    for (i64 x = 0; x < w.places; ++x, y += w.columns, which += w.columns) {
      const float* first = C + x * w.width * w.stride;
      for (i64 c = 0; c < whole; c += VL)
        pool_window<SIDE>(first + c, w.rows, w.width, across, w.stride, VL, y + c, which + c);
      if (whole < w.columns)
        pool_window<SIDE>(first + whole, w.rows, w.width, across, w.stride, w.columns - whole, y + whole, which + whole);
    }
}

void pool(const WindowLines& w, i64 lines, const float* C, float* y, std::int32_t* which) {
  (w.rows == 2 && w.width == 2 ? pool_lines<2> : pool_lines<0>)(w, lines, C, y, which);
}

// --- what was chosen ------------------------------------------------------------------------------------------------

constexpr i64 MOST_ELEMENTS = 64;

i64 choose_places(const WindowLines& w, const Patches& p, i64 lines, const float* dy, const std::int32_t* which,
                  std::int32_t* at, float* chosen) {
  std::int32_t looked_up[MOST_ELEMENTS + 1] = {};
  const std::int32_t* element = looked_up + 1;  // at -1, what is written for a window that chose none: the next
  const bool few = w.rows * w.width <= MOST_ELEMENTS;  // overwrites it
  const auto compute = [&](i64 k) { return static_cast<std::int32_t>(k / w.width * p.row + k % w.width * p.step); };
  for (i64 k = 0; few && k < w.rows * w.width; ++k) looked_up[k + 1] = compute(k);
  const i64 columns = w.columns, places = w.places, window = p.window;
  i64 count = 0;
  for (i64 line = 0; line < lines; ++line) {
    i64 first = line * p.line;
    for (i64 x = 0; x < places; ++x, which += columns, dy += columns, first += window) {
      const i64 k = *which;
      at[count] = static_cast<std::int32_t>(first) + (few ? element[k] : compute(k));
      chosen[count] = *dy;
      count += k >= 0;
    }
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
  const i64 count = chosen.count;
  if (count < 1) return;  // or the compiler keeps a copy of the sums in memory
  v sum[ROWS][VECTORS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) sum[i][j] = load(sums + i * piece.stride + j * VL);
  const i64 line = piece.line;
  i64 k = 0;
  do {
    const v dy = all(chosen.dy[k]);
    const float* from = x + chosen.at[k];
    for (int i = 0; i < ROWS; ++i, from += line)
      for (int j = 0; j < VECTORS; ++j) sum[i][j] += dy * load(from + j * VL);
  } while (++k < count);
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < VECTORS; ++j) store(sums + i * piece.stride + j * VL, sum[i][j]);
}

// A row that ends within a vector is written with a mask, after which a processor cannot read it at once: so whole
// vectors are a case of their own.
template <int ROWS, int VECTORS, bool WHOLE>
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
    for (int i = 0; i < ROWS; ++i, to += line)
      for (int j = 0; j < VECTORS; ++j) {
        float* place = to + j * VL;
        const v before = load(place), after = before + dy * w[i][j];
        store(place, WHOLE || j + 1 < VECTORS ? after : choose(own, after, before));
      }
  }
}

typedef void (*SumFn)(const Piece&, const Chosen&, const float*, float*);
typedef void (*AddFn)(const Piece&, const Chosen&, const float*, float*);
struct Pieces {
  SumFn sum[MOST + 1];
  AddFn add[MOST + 1], add_whole[MOST + 1];
};
template <int ROWS, int... V>
constexpr Pieces make_pieces() {
  return {{nullptr, sum_piece<ROWS, V>...}, {nullptr, add_piece<ROWS, V, false>...}, {nullptr, add_piece<ROWS, V, true>...}};
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
    const Pieces& pieces = pieces_of[rows];
    (last == VL ? pieces.add_whole : pieces.add)[vectors]({patch.line, patch.stride, last}, chosen,
                                                          weights + row * patch.stride + from,
                                                          dx + row * patch.line + from);
  });
}

}  // namespace

PELLUCID_DEFINE_TABLE(PooledConvolutionKernels, pooled_convolution_kernels) = {
    pool, choose_places, sum_patches, add_patches, sum_chosen, VL};
