#include "clipping.h"

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

}  // namespace

void bind_clipping(nb::module_& m) {
  m.def("total_norm", &total_norm);
  m.def("scale_all", &scale_all);
}

}  // namespace pellucid
