#include <stdexcept>

#include "bind.h"
#include "embedding.h"

namespace pellucid {
namespace {

using Numbers = In<std::int64_t, 1>;

Lookup lookup(std::size_t rows, std::size_t width, const Numbers& index) {
  return {static_cast<i64>(rows), static_cast<i64>(width), static_cast<i64>(index.shape(0)), index.data()};
}

void in_range(bool good) {
  if (!good) throw std::out_of_range("embedding: an index is out of range");  // IndexError
}

// out[i] = table[index[i]]
void take_rows(const In<float, 2>& table, const Numbers& index, const Out<float, 2>& out) {
  require(out.shape(0) == index.shape(0) && out.shape(1) == table.shape(1), "take_rows: out has another shape");
  const Lookup l = lookup(table.shape(0), table.shape(1), index);
  perform([l, from = table.data(), to = out.data()] { in_range(run_gather(l, from, to)); }, table, index, out);
}

// out[k] = the sum of values[i] over the i with index[i] = k
void add_rows(const In<float, 2>& values, const Numbers& index, const Out<float, 2>& out) {
  require(values.shape(0) == index.shape(0) && values.shape(1) == out.shape(1), "add_rows: values have another shape");
  const Lookup l = lookup(out.shape(0), out.shape(1), index);
  perform([l, from = values.data(), to = out.data()] { in_range(run_scatter(l, from, to)); }, values, index, out);
}

}  // namespace

void bind_embedding(nb::module_& m) {
  const auto index = nb::arg("index").noconvert(), out = nb::arg("out").noconvert();
  m.def("take_rows", &take_rows, nb::arg("table").noconvert(), index, out);
  m.def("add_rows", &add_rows, nb::arg("values").noconvert(), index, out);
}

}  // namespace pellucid
