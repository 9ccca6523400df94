#include "channel_norm.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "pool.h"

namespace pellucid {
namespace {

constexpr i64 kOperations = 8;  // of one element
using Floats = std::vector<float>;

std::size_t size(i64 n) { return static_cast<std::size_t>(n); }

// A matrix of few columns is taken as one of `copies` rows side by side, so that vectors are whole: (rows, columns) and
// (rows / copies, copies * columns) are the same memory. The rows that are left over are a part of their own.
struct Cut {
  i64 columns, copies, width, rows, rest, chunks;

  Cut(i64 all_rows, i64 columns) : columns(columns) {
    const i64 lanes = channel_norm_kernels().lanes;
    copies = columns < 8 * lanes ? lanes / std::gcd(columns, lanes) : 1;
    width = copies * columns;
    rows = all_rows / copies;
    rest = all_rows % copies;
    chunks = rows ? chunks_for(kOperations * all_rows * columns, rows) : 0;
  }

  // Part `i` of the matrix: a chunk, or the rest of the rows, which is the last part.
  Columns part(i64 i, const float* x, const float* dy, float* out) const {
    const i64 from = i < chunks ? rows * i / chunks : rows, to = i < chunks ? rows * (i + 1) / chunks : rows;
    const i64 at = from * width;
    Columns c{to - from, width, x + at, dy ? dy + at : nullptr, out ? out + at : nullptr};
    if (i == chunks) c.rows = rest, c.width = columns;
    return c;
  }
  i64 parts() const { return chunks + (rest ? 1 : 0); }

  // Calls f(part, column of the part) for all that belongs to column j.
  template <typename F>
  void each(i64 j, const F& f) const {
    for (i64 i = 0; i < chunks; ++i)
      for (i64 k = 0; k < copies; ++k) f(i, k * columns + j);
    if (rest) f(chunks, j);
  }

  template <typename F>
  void run(const F& work) const {
    parallel_for(parts(), [&](i64 i) { work(i); });
  }

  // One number for each column, once for each copy.
  Floats spread(const float* values, float otherwise = 0) const {
    Floats all(size(width), otherwise);
    for (i64 i = 0; values && i < width; ++i) all[size(i)] = values[i % columns];
    return all;
  }
};

}  // namespace

void run_channel_scale(const Columns& c, const float* mean, const float* factor, const float* shift) {
  const Cut cut(c.rows, c.width);
  const Floats m = cut.spread(mean), f = cut.spread(factor), b = cut.spread(shift);
  cut.run([&](i64 i) { channel_norm_kernels().scale(cut.part(i, c.x, nullptr, c.out), m.data(), f.data(), b.data()); });
}

void run_channel_norm(const ChannelNorm& n) {
  const ChannelNormKernels& k = channel_norm_kernels();
  const Cut cut(n.rows, n.columns);
  Floats means(size(cut.parts() * cut.width)), squares(means.size());
  cut.run([&](i64 i) {
    k.moments(cut.part(i, n.x, nullptr, nullptr), means.data() + i * cut.width, squares.data() + i * cut.width);
  });
  Floats factor(size(n.columns));
  for (i64 j = 0; j < n.columns; ++j) {
    double sum = 0, square = 0;
    const auto rows = [&](i64 i) { return static_cast<double>(cut.part(i, n.x, nullptr, nullptr).rows); };
    cut.each(j, [&](i64 i, i64 at) { sum += rows(i) * means[size(i * cut.width + at)]; });
    const double mean = sum / static_cast<double>(n.rows);
    cut.each(j, [&](i64 i, i64 at) {
      const double apart = means[size(i * cut.width + at)] - mean;
      square += squares[size(i * cut.width + at)] + rows(i) * apart * apart;
    });
    n.mean[j] = static_cast<float>(mean);
    n.var[j] = static_cast<float>(square / static_cast<double>(n.rows));
    n.rstd[j] = 1 / std::sqrt(n.var[j] + n.eps);
    factor[size(j)] = n.w ? n.rstd[j] * n.w[j] : n.rstd[j];
  }
  run_channel_scale({n.rows, n.columns, n.x, nullptr, n.y}, n.mean, factor.data(), n.b);
}

void run_channel_norm_backward(const ChannelNormGradient& n) {
  const ChannelNormKernels& k = channel_norm_kernels();
  const Cut cut(n.rows, n.columns);
  const Floats mean = cut.spread(n.mean);
  Floats dys(size(cut.parts() * cut.width)), alongs(dys.size());
  cut.run([&](i64 i) {
    k.sums(cut.part(i, n.x, n.dy, nullptr), mean.data(), dys.data() + i * cut.width, alongs.data() + i * cut.width);
  });
  Floats factor(size(n.columns)), centre(factor), slope(factor);
  for (i64 j = 0; j < n.columns; ++j) {
    double db = 0, along = 0;
    cut.each(j, [&](i64 i, i64 at) {
      db += dys[size(i * cut.width + at)];
      along += alongs[size(i * cut.width + at)];
    });
    const double rows = static_cast<double>(n.rows);
    n.db[j] = static_cast<float>(db);
    n.dw[j] = static_cast<float>(along * n.rstd[j]);
    centre[size(j)] = static_cast<float>(db / rows);
    slope[size(j)] = static_cast<float>(along / rows * n.rstd[j] * n.rstd[j]);
    factor[size(j)] = n.w ? n.rstd[j] * n.w[j] : n.rstd[j];
  }
  const Floats f = cut.spread(factor.data()), c = cut.spread(centre.data()), s = cut.spread(slope.data());
  cut.run([&](i64 i) { k.slopes(cut.part(i, n.x, n.dy, n.dx), mean.data(), f.data(), c.data(), s.data()); });
}

}  // namespace pellucid
