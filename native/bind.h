// What every binding file needs. Arguments are checked here once more: a wrong one is an exception, never a crash.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <optional>

#include "pool.h"

namespace pellucid {

namespace nb = nanobind;

// Contiguous arrays of the CPU; In is read, Out is written.
template <typename T, int D>
using In = nb::ndarray<const T, nb::ndim<D>, nb::c_contig, nb::device::cpu>;
template <typename T, int D>
using Out = nb::ndarray<T, nb::ndim<D>, nb::c_contig, nb::device::cpu>;

inline void require(bool holds, const char* what) {
  if (!holds) throw nb::value_error(what);
}

// Releases the interpreter's lock and flushes denormals while a kernel runs.
struct Running {
  nb::gil_scoped_release release;
  FlushDenormals flush;
};

void bind_gemm(nb::module_& m);

}  // namespace pellucid
