// Lists of arrays as Python gives them: float32, contiguous, one list for each role, the same length each.
#pragma once

#include <vector>

#include "bind.h"
#include "isa.h"

namespace pellucid {

// Holds the arrays' memory until it goes, so that nobody can resize them while a kernel runs without the lock.
class Buffers {
 public:
  Buffers() = default;
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;
  ~Buffers();

  // False when an array is not float32, contiguous, aligned (and writable, where it will be written).
  bool add(const nb::list& arrays, bool written);

  // False when two arrays share memory and one of them will be written: the kernels' order is not NumPy's.
  bool disjoint() const;

  float* data(std::size_t i) const { return static_cast<float*>(all_[i].view.buf); }
  i64 size(std::size_t i) const { return static_cast<i64>(all_[i].view.len / 4); }

  // Whether the arrays i and j have the same shape.
  bool same_shape(std::size_t i, std::size_t j) const;

 private:
  struct Held {
    Py_buffer view;
    bool written;
  };
  std::vector<Held> all_;
};

}  // namespace pellucid
