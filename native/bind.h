// What every binding file needs. Arguments are checked here once more: a wrong one is an exception, never a crash.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
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

// Tells a plan which memory a task reads and writes: In arrays and Out arrays.
template <typename T, typename... Rest>
void read_by(Plan& plan, const nb::ndarray<const T, Rest...>& array) {
  std::size_t last = 0;  // from the first element, which rows that lie apart are beyond their number
  for (std::size_t i = 0; i < array.ndim(); ++i) last += (array.shape(i) - 1) * static_cast<std::size_t>(array.stride(i));
  plan.reads(array.data(), array.size() ? (last + 1) * sizeof(T) : 0);
}
template <typename T, typename... Rest>
void read_by(Plan&, const nb::ndarray<T, Rest...>&) {}
template <typename T, typename... Rest>
void written_by(Plan&, const nb::ndarray<const T, Rest...>&) {}
template <typename T, typename... Rest>
void written_by(Plan& plan, const nb::ndarray<T, Rest...>& array) {
  plan.writes(array.data(), array.size() * sizeof(T));
}
template <typename Array>
void read_by(Plan& plan, const std::optional<Array>& array) {
  if (array) read_by(plan, *array);
}
template <typename Array>
void written_by(Plan& plan, const std::optional<Array>& array) {
  if (array) written_by(plan, *array);
}

// A list of arrays whose memory was checked before, which may be read and written.
inline void read_by(Plan& plan, const nb::list& arrays) {
  for (nb::handle item : arrays) {
    const auto array = nb::cast<nb::ndarray<nb::device::cpu>>(item);
    plan.reads(array.data(), array.nbytes());
  }
}

// Runs a kernel's task. While a plan records on this thread, the plan keeps the task, which therefore holds plain
// pointers and sizes by value, and `arrays`, so that their memory stays where it is.
template <typename Task, typename... Arrays>
void perform(const Task& task, const Arrays&... arrays) {
  {
    Running running;
    task();
  }
  if (Plan* plan = Plan::recording()) {
    (read_by(*plan, arrays), ...);
    (written_by(*plan, arrays), ...);
    plan->add([task, arrays...] { task(); });
  }
}

// The same for an update of parameters: a task of the learning rate, and of how many steps after the recorded one.
template <typename Task, typename... Lists>
void perform_update(const Task& task, double lr, const Lists&... lists) {
  {
    Running running;
    task(lr, i64{0});
  }
  if (Plan* plan = Plan::recording()) {
    (read_by(*plan, lists), ...);
    plan->add([task, plan, rate = plan->rate(lr), lists...] { task(*rate, plan->elapsed()); });
  }
}

void bind_attention(nb::module_& m);
void bind_clipping(nb::module_& m);
void bind_counted(nb::module_& m);
void bind_convolution(nb::module_& m);
void bind_gemm(nb::module_& m);
void bind_plan(nb::module_& m);
void bind_pooled_convolution(nb::module_& m);
void bind_pooling(nb::module_& m);
void bind_updates(nb::module_& m);
void bind_maps(nb::module_& m);
void bind_rows(nb::module_& m);
void bind_embedding(nb::module_& m);
void bind_channel_norm(nb::module_& m);
void bind_norms(nb::module_& m);
void bind_dropout(nb::module_& m);
void bind_losses(nb::module_& m);
void bind_row_losses(nb::module_& m);
void bind_recurrence(nb::module_& m);

}  // namespace pellucid
