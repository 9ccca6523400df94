// Dropout: which elements are kept is a function of (key, place), so a mask need not be kept for the gradient.
#pragma once

#include "isa.h"

namespace pellucid {

struct Dropout {
  std::int64_t first;         // the place of the first element: chunks draw what the whole would
  std::uint32_t k0, k1;       // the lowest words of the key
  std::uint32_t threshold;    // elements whose random word is below are dropped ...
  bool all;                   // ... or all, when p is 1
  float scale;                // of those that are kept
};

// Elements are dropped with probability p; those that are kept are scaled by `scale`.
inline Dropout dropout_of(double p, double scale) {
  Dropout d{};
  const double threshold = p * 4294967296.0;
  d.threshold = threshold < 4294967295.0 ? static_cast<std::uint32_t>(threshold) : 4294967295u;
  d.all = p >= 1;
  d.scale = static_cast<float>(scale);
  return d;
}

struct DropoutKernels {
  void (*dropout)(const Dropout& d, i64 n, const float* x, float* y);      // y = x m scale
  void (*mask)(const Dropout& d, i64 n, std::uint8_t* kept);               // m, as bytes of 0 and 1
};
PELLUCID_DECLARE_TABLE(DropoutKernels, dropout_kernels)

// Whole tasks: the elements are cut into chunks.
void run_dropout(const Dropout& d, i64 n, const float* x, float* y);
void run_dropout_mask(const Dropout& d, i64 n, std::uint8_t* kept);

}  // namespace pellucid
