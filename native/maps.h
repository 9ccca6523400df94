// Elementwise maps y = f(x), and their gradients dx = f'(x) dy.
#pragma once

#include "isa.h"

namespace pellucid {

struct Map {
  const float* x;   // the argument; for the gradients of tanh and sigmoid the value y
  const float* dy;  // null for f itself
  float* out;
  i64 n;
  float slope;  // of leaky_relu
};

// Each one is a kernel, and a function of that name in Python.
#define PELLUCID_MAPS(f) \
  f(exp) f(log) f(log1p) f(tanh) f(sigmoid) f(erf) f(softplus) f(relu) f(gelu) f(gelu_tanh) f(silu) f(mish)
#define PELLUCID_GRADIENTS(f) \
  f(tanh_backward) f(sigmoid_backward) f(relu_backward) f(gelu_backward) f(gelu_tanh_backward) f(silu_backward) \
      f(mish_backward)

struct MapKernels {
#define PELLUCID_FIELD(name) void (*name)(const Map&);
  PELLUCID_MAPS(PELLUCID_FIELD)
  PELLUCID_GRADIENTS(PELLUCID_FIELD)
  PELLUCID_FIELD(leaky_relu)
  PELLUCID_FIELD(leaky_relu_backward)
#undef PELLUCID_FIELD
};
PELLUCID_DECLARE_TABLE(MapKernels, map_kernels)

using MapKernel = void (*MapKernels::*)(const Map&);

// The whole array, cut into chunks and given to the pool.
void run_map(MapKernel kernel, const Map& map);

}  // namespace pellucid
