// What every binding file needs. Arguments are checked here once more: a wrong one is an exception, never a crash.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <utility>

#include "plan.h"
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

// Runs a kernel's task. While a plan records on this thread, the plan keeps the task, which therefore holds plain
// pointers and sizes by value, and `arrays`, so that their memory stays where it is.
template <typename Task, typename... Arrays>
void perform(const Task& task, const Arrays&... arrays) {
  {
    Running running;
    task();
  }
  if (Plan* plan = Plan::recording()) plan->add([task, arrays...] { task(); });
}

void bind_clipping(nb::module_& m);
void bind_gemm(nb::module_& m);
void bind_plan(nb::module_& m);
void bind_updates(nb::module_& m);
void bind_maps(nb::module_& m);
void bind_rows(nb::module_& m);
void bind_norms(nb::module_& m);
void bind_dropout(nb::module_& m);
void bind_losses(nb::module_& m);

}  // namespace pellucid
