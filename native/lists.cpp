#include "lists.h"

#include <algorithm>
#include <cstring>

namespace pellucid {

Buffers::~Buffers() {
  for (Held& held : all_) PyBuffer_Release(&held.view);
}

bool Buffers::add(const nb::list& arrays, bool written) {
  const Py_ssize_t count = PyList_GET_SIZE(arrays.ptr());
  all_.reserve(4 * static_cast<std::size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    Held held{{}, written};
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (written ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(PyList_GET_ITEM(arrays.ptr(), i), &held.view, flags) != 0) {
      PyErr_Clear();
      return false;
    }
    all_.push_back(held);
    // A misaligned array, or one of the other byte order, has a longer format.
    if (held.view.format == nullptr || std::strcmp(held.view.format, "f") != 0) return false;
  }
  return true;
}

bool Buffers::disjoint() const {
  struct Range {
    const char *from, *to;
    bool written;
  };
  std::vector<Range> ranges;
  ranges.reserve(all_.size());
  for (const Held& held : all_) {
    const char* from = static_cast<const char*>(held.view.buf);
    if (held.view.len > 0) ranges.push_back({from, from + held.view.len, held.written});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
  const char *any = nullptr, *written = nullptr;  // the ends of what came before
  for (const Range& r : ranges) {
    if (r.from < written || (r.written && r.from < any)) return false;
    if (r.to > any) any = r.to;
    if (r.written && r.to > written) written = r.to;
  }
  return true;
}

bool Buffers::same_shape(std::size_t i, std::size_t j) const {
  const Py_buffer &a = all_[i].view, &b = all_[j].view;
  return a.ndim == b.ndim && std::equal(a.shape, a.shape + a.ndim, b.shape);
}

}  // namespace pellucid
