#include "pooled_convolution.h"

#include "few_taps_tasks.h"

namespace pellucid {
namespace {

constexpr i64 kBand = 8 * 1024;  // floats of x that are gone over again and again, in the first-level cache

WindowLines lines_of(const PooledConvolution& p, i64 lanes) {
  return {p.window[1], p.window[2], p.pooled[2], p.c.out, ceil_of(p.c.out, lanes) * lanes};
}

i64 line_count(const PooledConvolution& p) { return p.pooled[0] * p.pooled[1]; }  // of one sample

i64 operations(const PooledConvolution& p) {
  const Convolution& c = p.c;
  return 2 * c.samples * volume(p.pooled) * volume(p.window) * c.out * c.in * volume(c.kernel);
}

// What both gradients of a patch need: the planes of the kernel, and where their weights lie.
struct Layout {
  i64 planes, depth, rows;  // of the kernel: along the first axis, how far apart, and floats of one output
  Layout(const PooledConvolution& p, const Field& f)
      : planes(p.c.kernel[0]), depth(p.c.dilation[0] * f.plane), rows(planes * f.patch.rows * f.patch.stride) {}
};

// Where in an output's row of weights or sums the first channel of each tap lies.
std::vector<i64> tap_places(const Convolution& c, const Patch& patch) {
  std::vector<i64> places;
  for (i64 line = 0; line < c.kernel[0] * c.kernel[1]; ++line)
    for (i64 x = 0; x < c.kernel[2]; ++x) places.push_back(line * patch.stride + x * c.in);
  return places;
}

void lay_weights(const Convolution& c, const Layout& layout, const std::vector<i64>& places, const float* W,
                 float* laid) {
  for_weights(1, c.out, c.in * static_cast<i64>(places.size()), [&](i64, i64 from, i64 to) {
    std::fill(laid + from * layout.rows, laid + to * layout.rows, 0.0f);
    const float* next = W + from * c.in * static_cast<i64>(places.size());
    for (float* row = laid + from * layout.rows; row < laid + to * layout.rows; row += layout.rows)
      for (i64 channel = 0; channel < c.in; ++channel)
        for (const i64 place : places) row[place + channel] = *next++;
  });
}

// The gradients by way of the patches that were chosen, for the samples of one chunk.
struct ByPatches {
  const PooledConvolution& p;
  const Field& f;
  const Layout& layout;
  const float* weights;  // laid out, or null where dx is not wanted

  i64 band() const {  // lines of windows at once
    return std::clamp<i64>(kBand / std::max<i64>(f.patches.line, 1), 1, p.pooled[1]);
  }
  i64 room() const { return band() * p.pooled[2]; }

  // `at` and `chosen` have room for every window of a band and output.
  void sample(i64 n, const float* x, const float* dy, const std::int32_t* which, float* dx, float* sums,
              std::int32_t* at, float* chosen, i64* counts) const {
    const PooledConvolutionKernels& k = pooled_convolution_kernels();
    const Convolution& c = p.c;
    const WindowLines w = lines_of(p, k.lanes);
    for (i64 z = 0; z < p.pooled[0]; ++z)
      for (i64 first = 0; first < p.pooled[1]; first += band()) {
        const i64 lines = std::min(band(), p.pooled[1] - first);
        const i64 begin = ((n * p.pooled[0] + z) * p.pooled[1] + first) * p.pooled[2] * c.out;
        const i64 origin = z * f.deep + first * f.patches.line;
        for (i64 o = 0; o < c.out; ++o)
          counts[o] = k.choose(w, f.patches, lines, dy + begin + o, which + begin + o, at + o * room(),
                               chosen + o * room());
        for (i64 o = 0; sums && o < c.out; ++o)
          for (i64 plane = 0; plane < layout.planes; ++plane)
            k.sum_patches(f.patch, {at + o * room(), chosen + o * room(), counts[o]}, x + origin + plane * layout.depth,
                          sums + o * layout.rows + plane * f.patch.rows * f.patch.stride);
        for (i64 o = 0; dx && o < c.out; ++o)
          for (i64 plane = 0; plane < layout.planes; ++plane)
            k.add_patches(f.patch, {at + o * room(), chosen + o * room(), counts[o]},
                          weights + o * layout.rows + plane * f.patch.rows * f.patch.stride,
                          dx + origin + plane * layout.depth);
      }
  }
};

// Where there are few numbers in a window they are taken from the field, one line of windows after the other.
void convolve_few(const PooledConvolution& p, const float* x, const float* W, const float* b, float* y,
                  std::int32_t* which) {
  const PooledConvolutionKernels& k = pooled_convolution_kernels();
  const WindowLines w = lines_of(p, k.lanes);
  const i64 windows = w.places * p.c.out;
  each_few_line(p.c, w, p.pooled, x, W, b, [&](i64 line, const float* C) {
    k.pool(w, 1, C, y + line * windows, which + line * windows);
  });
}

}  // namespace

// Blocks of whole lines of windows: their places are gathered and multiplied as for a convolution alone, and the largest
// of each window is found while the products are in the cache.
void run_convolve_relu_pool(const PooledConvolution& p, const float* x, const float* W, const float* b, float* y,
                            std::int32_t* which) {
  if (few_taps(p.c)) return convolve_few(p, x, W, b, y, which);
  const Convolution& c = p.c;
  const GemmKernels& g = gemm_kernels();
  const PooledConvolutionKernels& k = pooled_convolution_kernels();
  const i64 all = volume(c.kernel), K = c.in * all;
  Reach reach = forward_reach(c, x, nullptr);
  for (int i = 0; i < 3; ++i) reach.windows.places[i] = p.pooled[i] * p.window[i];
  const Taps taps(reach.taps, reach.windows, c.in);
  const std::vector<i64> rank = counted(all);
  float* B = task_scratch(K * c.out);
  for_weights(1, c.out, K, [&](i64, i64 from, i64 to) {
    convolution_kernels().pack({W, c.out, c.in, all, K, rank.data()}, from, to, B);
  });
  const WindowLines w = lines_of(p, k.lanes);
  const i64 lines = c.samples * line_count(p), pixels = w.rows * w.width * w.places;  // of a line
  const i64 tall = std::max<i64>(1, taps.tall() / pixels), chunks = chunks_for(operations(p), std::min(lines, kMostChunks));
  Gemm shape{};
  const i64 room = ceil_of(taps.widest * tall * pixels + kBeyond, k.lanes) * k.lanes;
  const i64 products = tall * pixels * w.stride, need = g.scratch(shape);
  parallel_for(chunks, [&](i64 chunk) {
    float* memory = scratch(room + products + need);
    float* C = memory + room;
    const i64 begin = lines * chunk / chunks, end = lines * (chunk + 1) / chunks, blocks = ceil_of(end - begin, tall);
    for (i64 block = 0; block < blocks; ++block) {
      const i64 first = begin + (end - begin) * block / blocks;
      const i64 count = begin + (end - begin) * (block + 1) / blocks - first;
      for (std::size_t s = 0; s < taps.slabs.size(); ++s) {
        const Rows rows = rows_of(reach.windows, taps, s, 0, first * pixels, count * pixels, memory);
        const float* weights = B + taps.rows[s] * c.out;
        const float* bias = s + 1 == taps.slabs.size() ? b : nullptr;
        g.gemm({false, false, count * pixels, c.out, taps.width(s), rows.A, rows.lda, weights, c.out, C, w.stride, bias,
                s > 0},
               memory + room + products);
      }
      const i64 at = first * w.places * c.out;
      k.pool(w, count, C, y + at, which + at);
    }
  });
}

// Cut along the samples, each chunk with sums of its own for dW and db, which are added at the end.
void run_convolve_relu_pool_backward(const PooledConvolution& p, const float* x, const float* W, const float* dy,
                                     const std::int32_t* which, float* dx, float* dW, float* db) {
  const PooledConvolutionKernels& k = pooled_convolution_kernels();
  const Convolution& c = p.c;
  const Field f(c, p.window[1], p.window[2], k.lanes);
  const Layout layout(p, f);
  const i64 all = volume(c.kernel), K = c.in * all, sample = volume(c.size) * c.in, ys = volume(p.pooled) * c.out;
  const bool few = few_taps(c), patches = dx || (dW && !few);
  const i64 chunks = chunks_for(operations(p), std::min(c.samples, kMostChunks));
  const i64 size = dW ? (few ? K * c.out : c.out * layout.rows) : 0;
  const i64 part = ceil_of(size + (db ? c.out : 0), k.lanes) * k.lanes;
  float* shared = task_scratch(chunks * part + (dx ? c.out * layout.rows : 0));
  float* laid = shared + chunks * part;
  const std::vector<i64> places = tap_places(c, f.patch);
  if (dx) lay_weights(c, layout, places, W, laid);
  const std::vector<i64> offsets = tap_offsets(c, f);
  const WindowLines w = lines_of(p, k.lanes);
  const ByPatches by_patches{p, f, layout, laid};
  const i64 field = f.floats(k.lanes), fields = field * (dx ? 2 : 1), lists = patches ? by_patches.room() * c.out : 0;
  parallel_for(chunks, [&](i64 chunk) {
    float* own_x = scratch(fields + 2 * lists);
    float* own_dx = dx ? own_x + field : nullptr;
    std::int32_t* at = reinterpret_cast<std::int32_t*>(own_x + fields);
    float* chosen = own_x + fields + lists;
    float* sums = shared + chunk * part;
    std::fill(sums, sums + part, 0.0f);
    std::fill(own_x, own_x + field, 0.0f);
    std::vector<i64> counts(static_cast<std::size_t>(c.out));
    for (i64 n = c.samples * chunk / chunks; n < c.samples * (chunk + 1) / chunks; ++n) {
      enter(c, f, x + n * sample, own_x);
      if (dx) std::fill(own_dx, own_dx + field, 0.0f);
      if (patches) by_patches.sample(n, own_x, dy, which, own_dx, few ? nullptr : dW ? sums : nullptr, at, chosen, counts.data());
      if (dW && few)
        for (i64 z = 0; z < p.pooled[0]; ++z) {
          const i64 begin = n * ys + z * p.pooled[1] * p.pooled[2] * c.out;
          few_taps_kernels().sum(w, f.patches, p.pooled[1], offsets.data(), K, own_x + z * f.deep, dy + begin, which + begin,
                                 sums);
        }
      if (db) k.sum_chosen(dy + n * ys, which + n * ys, volume(p.pooled), c.out, sums + size);
      if (dx)
        each_line(c, f, [&](i64 own, i64 there) {
          std::copy(own_dx + there, own_dx + there + c.size[2] * c.in, dx + n * sample + own);
        });
    }
  });
  add_parts(shared, chunks, part);
  if (dW && few) {
    std::vector<i64> rows(places.size());
    for (std::size_t tap = 0; tap < rows.size(); ++tap) rows[tap] = static_cast<i64>(tap) * c.in * c.out;
    take_weights(c, shared, 1, c.out, rows, dW);
  } else if (dW) {
    take_weights(c, shared, layout.rows, 1, places, dW);
  }
  if (db) std::copy(shared + size, shared + size + c.out, db);
}

}  // namespace pellucid
