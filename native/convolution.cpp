// Convolutions as products of matrices: blocks of windows are gathered as the rows of A, where they do not lie so already,
// and multiplied by the weights. The gradient by x is the same with the places of dy under each place of x as windows.
#include "convolution.h"

#include "convolution_slabs.h"
#include "depthwise.h"
#include "few_taps.h"
#include "gemm.h"
#include "scratch.h"

namespace pellucid {
namespace {

constexpr i64 kFew = 128;          // windows that are not worth a cut where there are columns to cut
constexpr i64 kNarrowest = 64;     // columns that a piece of a product has at least, as it gathers A anew

// y[target of window p] = [bias +] the windows' numbers times B (groups, K, columns).
struct Product {
  Windows windows;
  Targets targets;
  i64 samples, groups, columns, K;
  const float* bias;
};

// lay_all(B) puts all weights in the order of B; lay(left, right, B) some columns of a single group, as a B of their
// own. The latter where few windows meet many weights: each piece then lays out its own, which stay in its cache.
template <typename All, typename Some>
void run_product(const Product& p, const Taps& taps, const All& lay_all, const Some& lay) {
  const GemmKernels& k = gemm_kernels();
  const i64 pixels = p.samples * volume(p.targets.places);
  bool whole = true;
  for (int i = 0; i < 3; ++i) whole = whole && p.targets.step[i] == 1 && p.targets.places[i] == p.targets.size[i];
  const i64 most = chunks_for(2 * pixels * p.K * p.columns * p.groups, kMostChunks);
  i64 along = pixels < kFew ? 1 : std::min(most, ceil_of(pixels, 2 * k.rows));
  const i64 across = std::max<i64>(1, std::min(most / along, p.columns / kNarrowest));
  if (across == 1) along = std::min(most, ceil_of(pixels, k.rows));
  const bool apart = p.groups == 1 && along == 1 && across > 1;
  const i64 tall = std::min(taps.tall(), apart ? 4 * k.rows : kTall);  // of few rows the product does not copy its B
  float* shared = apart ? nullptr : task_scratch(p.groups * p.K * p.columns);
  if (!apart) lay_all(shared);
  Gemm shape{};
  const i64 room = taps.widest * tall + kBeyond, spread = whole ? 0 : tall * p.columns, need = k.scratch(shape);
  const i64 own = apart ? p.K * ceil_of(ceil_of(p.columns, k.columns), across) * k.columns : 0;
  parallel_for(along * across, [&](i64 chunk) {
    float* memory = scratch(room + spread + need + own);
    const i64 begin = pixels * (chunk / across) / along, end = pixels * (chunk / across + 1) / along;
    const i64 units = ceil_of(p.columns, k.columns);
    const i64 left = std::min(p.columns, units * (chunk % across) / across * k.columns);
    const i64 right = std::min(p.columns, units * (chunk % across + 1) / across * k.columns);
    const i64 blocks = ceil_of(end - begin, tall), ldb = apart ? right - left : p.columns;
    const float* B = apart ? memory + room + spread + need : shared + left;
    if (apart) lay(left, right, memory + room + spread + need);
    for (i64 block = 0; block < blocks; ++block) {
      const i64 first = begin + (end - begin) * block / blocks;
      const i64 count = begin + (end - begin) * (block + 1) / blocks - first;
      for (i64 group = 0; group < p.groups; ++group) {
        const i64 column = group * p.columns + left;
        Targets to = p.targets;
        to.y += column;
        for (std::size_t s = 0; s < taps.slabs.size(); ++s) {
          const Rows rows = rows_of(p.windows, taps, s, group, first, count, memory);
          Gemm g{};
          g.M = count;
          g.N = right - left;
          g.K = taps.width(s);
          g.A = rows.A;
          g.lda = rows.lda;
          g.B = B + (group * p.K + taps.rows[s]) * ldb;
          g.ldb = ldb;
          g.C = whole ? to.y + first * to.pixel : memory + room;
          g.ldc = whole ? to.pixel : g.N;
          g.bias = p.bias && s + 1 == taps.slabs.size() ? p.bias + column : nullptr;
          g.accumulate = s > 0;
          k.gemm(g, memory + room + spread);
        }
        if (!whole) convolution_kernels().scatter(to, first, count, memory + room, right - left);
      }
    }
  });
}

// Lines are what few taps are cut along: a single one is left to a product, which is cut along its places.
bool worth_few_taps(const Convolution& c) {
  return c.groups == 1 && few_taps(c) && c.samples * c.places[0] * c.places[1] >= kMostChunks;
}

}  // namespace

void run_convolve(const Convolution& c, const float* x, const float* W, const float* b, float* y) {
  if (is_depthwise(c)) return run_depthwise(c, x, W, b, y);
  if (worth_few_taps(c)) return run_few_taps(c, x, W, b, y);
  const i64 in = c.in / c.groups, out = c.out / c.groups, all = volume(c.kernel);
  const Reach reach = forward_reach(c, x, y);
  const Product p{reach.windows, reach.targets, c.samples, c.groups, out, in * all, b};
  const std::vector<i64> rank = counted(all);
  const auto lay_all = [&](float* B) {
    for_weights(c.groups, out, in * all, [&](i64 group, i64 from, i64 to) {
      const Weights w{W + group * out * in * all, out, in, all, in * all, rank.data()};
      convolution_kernels().pack(w, from, to, B + group * p.K * out);
    });
  };
  const auto lay = [&](i64 left, i64 right, float* B) {
    const Weights w{W + left * in * all, right - left, in, all, in * all, rank.data()};
    convolution_kernels().pack(w, 0, right - left, B);
  };
  run_product(p, Taps(reach.taps, p.windows, in), lay_all, lay);
}

void run_convolve_dx(const Convolution& c, const float* dy, const float* W, float* dx) {
  if (is_depthwise(c)) return run_depthwise_dx(c, dy, W, dx);
  const i64 in = c.in / c.groups, out = c.out / c.groups, all = volume(c.kernel);
  for_phases(c, dy, dx, [&](const Reach& reach) {
    const i64 K = out * static_cast<i64>(reach.taps.size());
    const Product p{reach.windows, reach.targets, c.samples, c.groups, in, K, nullptr};
    std::vector<i64> rank(static_cast<std::size_t>(all), -1);
    for (std::size_t k = 0; k < reach.taps.size(); ++k) rank[static_cast<std::size_t>(reach.index[k])] = static_cast<i64>(k);
    const auto lay_all = [&](float* B) {
      for_weights(c.groups, out, in * all, [&](i64 group, i64 from, i64 to) {
        const Weights w{W + group * out * in * all, out, in, all, in * all, rank.data()};
        convolution_kernels().pack_turned(w, from, to, B + group * K * in);
      });
    };
    const auto lay = [&](i64 left, i64 right, float* B) {
      const Weights w{W + left * all, out, right - left, all, in * all, rank.data()};
      convolution_kernels().pack_turned(w, 0, out, B);
    };
    run_product(p, Taps(reach.taps, p.windows, out), lay_all, lay);
  });
}

// Cut along the windows, whose sums are added at the end, and, where the weights are many, along these.
void run_convolve_dW(const Convolution& c, const float* x, const float* dy, float* dW) {
  if (is_depthwise(c)) return run_depthwise_dW(c, x, dy, dW);
  if (worth_few_taps(c)) return run_few_taps_dW(c, x, dy, dW);
  const GemmKernels& k = gemm_kernels();
  const i64 in = c.in / c.groups, out = c.out / c.groups, all = volume(c.kernel), K = in * all;
  const i64 pixels = c.samples * volume(c.places), size = c.groups * K * out;
  const Windows windows = windows_of(c, x);
  const Taps taps(forward_reach(c, x, nullptr).taps, windows, in);
  const i64 slabs = static_cast<i64>(taps.slabs.size()), tall = taps.tall();
  const i64 most = chunks_for(2 * pixels * K * out * c.groups, kMostChunks);
  const i64 across = std::min({most, slabs, std::max<i64>(1, K / 256)});
  const i64 along = std::max<i64>(1, std::min(most / across, pixels / 64));
  float* B = task_scratch(along * size);
  Gemm shape{};
  const i64 room = taps.widest * tall + kBeyond, need = k.scratch(shape);
  parallel_for(along * across, [&](i64 chunk) {
    float* memory = scratch(room + need);
    const i64 part = chunk / across, begin = pixels * part / along, end = pixels * (part + 1) / along;
    const i64 blocks = ceil_of(end - begin, tall), last = slabs * (chunk % across + 1) / across;
    for (i64 group = 0; group < c.groups; ++group)
      for (i64 s = slabs * (chunk % across) / across; s < last; ++s)
        for (i64 block = 0; block < blocks; ++block) {
          const std::size_t slab = static_cast<std::size_t>(s);
          const i64 first = begin + (end - begin) * block / blocks;
          const i64 count = begin + (end - begin) * (block + 1) / blocks - first;
          const Rows rows = rows_of(windows, taps, slab, group, first, count, memory);
          Gemm g{};
          g.transpose_a = true;
          g.M = taps.width(slab);
          g.N = out;
          g.K = count;
          g.A = rows.A;
          g.lda = rows.lda;
          g.B = dy + first * c.out + group * out;
          g.ldb = c.out;
          g.C = B + part * size + (group * K + taps.rows[slab]) * out;
          g.ldc = out;
          g.accumulate = block > 0;
          k.gemm(g, memory + room);
        }
  });
  const std::vector<i64> rank = counted(all);
  for_weights(c.groups, out, K, [&](i64 group, i64 from, i64 to) {
    const Weights w{nullptr, out, in, all, K, rank.data()};
    convolution_kernels().unpack(w, from, to, B + group * K * out, along, size, dW + group * out * K);
  });
}

void run_turn(const float* x, i64 samples, i64 rows, i64 columns, float* out) {
  const i64 units = ceil_of(columns, 64), all = samples * units, size = rows * columns;
  const i64 chunks = chunks_for(4 * samples * size, all);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 unit = all * chunk / chunks; unit < all * (chunk + 1) / chunks; ++unit) {
      const i64 n = unit / units, from = unit % units * 64;
      convolution_kernels().turn(x + n * size, rows, columns, from, std::min(columns, from + 64), out + n * size);
    }
  });
}

void run_sum_rows(const float* x, i64 rows, i64 columns, float* out) {
  const i64 chunks = chunks_for(4 * rows * columns, std::max<i64>(1, rows / 64));
  float* sums = task_scratch(chunks * columns);
  parallel_for(chunks, [&](i64 chunk) {
    const i64 from = rows * chunk / chunks, to = rows * (chunk + 1) / chunks;
    gemm_kernels().sum_rows(x + from * columns, columns, to - from, columns, sums + chunk * columns);
  });
  for (i64 j = 0; j < columns; ++j) {
    float sum = 0;
    for (i64 chunk = 0; chunk < chunks; ++chunk) sum += sums[chunk * columns + j];
    out[j] = sum;
  }
}

}  // namespace pellucid
