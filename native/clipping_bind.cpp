#include "clipping.h"

#include <nanobind/stl/pair.h>

#include "bind.h"
#include "lists.h"

namespace pellucid {
namespace {

// None where an array is not float32 and contiguous.
std::optional<double> total_norm(const nb::list& xs) {
  Buffers buffers;
  if (!buffers.add(xs, false)) return std::nullopt;
  std::vector<ClipLeaf> leaves;
  leaves.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) leaves.push_back({buffers.size(i), buffers.data(i), nullptr});
  Running running;
  return run_norm(leaves);
}

// outs = factor xs; false, and nothing is written, where an array is not float32 and contiguous.
bool scale_all(const nb::list& xs, double factor, const nb::list& outs) {
  const std::size_t count = xs.size();
  require(outs.size() == count, "scale_all: the lists differ in length");
  Buffers buffers;
  if (!buffers.add(xs, false) || !buffers.add(outs, true)) return false;
  std::vector<ClipLeaf> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    require(buffers.same_shape(i, count + i), "scale_all: an output has another shape");
    leaves.push_back({buffers.size(i), buffers.data(i), buffers.data(count + i)});
  }
  Running running;
  run_scale(leaves, static_cast<float>(factor));
  return true;
}

// The total norm, and whether it exceeds max_norm, where outs = xs min(1, max_norm / (total + 1e-6)) are written.
// None, and nothing is written, where an array is not float32 and contiguous. A replay decides anew each time, so it
// writes the outputs always; for that, they are written in the recorded step as well.
std::optional<std::pair<double, bool>> clip_all(const nb::list& xs, double max_norm, const nb::list& outs) {
  const std::size_t count = xs.size();
  require(outs.size() == count, "clip_all: the lists differ in length");
  Plan* plan = Plan::recording();
  Buffers buffers;
  if (!buffers.add(xs, false) || !buffers.add(outs, true)) {
    if (plan) plan->spoil();
    return std::nullopt;
  }
  std::vector<ClipLeaf> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    require(buffers.same_shape(i, count + i), "clip_all: an output has another shape");
    leaves.push_back({buffers.size(i), buffers.data(i), buffers.data(count + i)});
  }
  const auto task = [leaves, max_norm](bool always) {
    const double total = run_norm(leaves), factor = clipping_factor(total, max_norm);
    const bool exceeds = !(factor >= 1);
    if (exceeds)
      run_scale(leaves, static_cast<float>(factor));
    else if (always)
      run_copy(leaves);
    return std::pair(total, exceeds || always);
  };
  std::pair<double, bool> found;
  {
    Running running;
    found = task(plan != nullptr);
  }
  if (plan) {
    read_by(*plan, xs);
    for (const ClipLeaf& leaf : leaves) plan->writes(leaf.out, static_cast<std::size_t>(leaf.size) * sizeof(float));
    plan->add([task, xs, outs] { task(true); });
  }
  return found;
}

}  // namespace

void bind_clipping(nb::module_& m) {
  m.def("total_norm", &total_norm);
  m.def("scale_all", &scale_all);
  m.def("clip_all", &clip_all);
}

}  // namespace pellucid
