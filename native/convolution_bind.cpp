#include <array>

#include "bind.h"
#include "convolution.h"

namespace pellucid {
namespace {

using Numbers = std::array<i64, 3>;
using X = In<float, 5>;

template <typename A>
i64 size(const A& a, int axis) {
  return static_cast<i64>(a.shape(static_cast<std::size_t>(axis)));
}

// x (samples, *size, in), W (out, in / groups, *kernel), y (samples, *places, out)
template <typename A, typename B, typename C>
Convolution convolution(const A& x, const B& W, const C& y, const Numbers& stride, const Numbers& padding,
                        const Numbers& dilation, i64 groups) {
  Convolution c{};
  c.samples = size(x, 0);
  c.groups = groups;
  c.in = size(x, 4);
  c.out = size(y, 4);
  require(groups > 0 && c.in % groups == 0 && c.out % groups == 0, "convolve: groups do not divide the channels");
  require(size(y, 0) == c.samples, "convolve: x and y have different samples");
  require(size(W, 0) == c.out && size(W, 1) == c.in / groups, "convolve: W has other channels");
  for (int i = 0; i < 3; ++i) {
    const std::size_t axis = static_cast<std::size_t>(i);
    c.size[i] = size(x, i + 1);
    c.places[i] = size(y, i + 1);
    c.kernel[i] = size(W, i + 2);
    c.stride[i] = stride[axis];
    c.padding[i] = padding[axis];
    c.dilation[i] = dilation[axis];
    require(c.stride[i] > 0 && c.dilation[i] > 0 && c.padding[i] >= 0, "convolve: impossible numbers");
    require(c.size[i] > 0 && c.places[i] > 0 && c.kernel[i] > 0, "convolve: an axis of nothing");
  }
  return c;
}

void convolve(const X& x, const X& W, const std::optional<In<float, 1>>& b, const Out<float, 5>& y,
              const Numbers& stride, const Numbers& padding, const Numbers& dilation, i64 groups) {
  const Convolution c = convolution(x, W, y, stride, padding, dilation, groups);
  require(!b || size(*b, 0) == c.out, "convolve: b has another length");
  perform([c, x = x.data(), W = W.data(), b = b ? b->data() : nullptr, y = y.data()] { run_convolve(c, x, W, b, y); },
          x, W, b, y);
}

void convolve_dx(const X& dy, const X& W, const Out<float, 5>& dx, const Numbers& stride, const Numbers& padding,
                 const Numbers& dilation, i64 groups) {
  const Convolution c = convolution(dx, W, dy, stride, padding, dilation, groups);
  perform([c, dy = dy.data(), W = W.data(), dx = dx.data()] { run_convolve_dx(c, dy, W, dx); }, dy, W, dx);
}

void convolve_dW(const X& x, const X& dy, const Out<float, 5>& dW, const Numbers& stride, const Numbers& padding,
                 const Numbers& dilation, i64 groups) {
  const Convolution c = convolution(x, dW, dy, stride, padding, dilation, groups);
  perform([c, x = x.data(), dy = dy.data(), dW = dW.data()] { run_convolve_dW(c, x, dy, dW); }, x, dy, dW);
}

void sum_rows(const In<float, 2>& x, const Out<float, 1>& out) {
  require(size(out, 0) == size(x, 1), "sum_rows: out has another length");
  perform([x = x.data(), rows = size(x, 0), columns = size(x, 1), out = out.data()] {
    run_sum_rows(x, rows, columns, out);
  }, x, out);
}

// out[n] = the transpose of x[n]
void turn(const In<float, 3>& x, const Out<float, 3>& out) {
  const i64 samples = size(x, 0), rows = size(x, 1), columns = size(x, 2);
  require(size(out, 0) == samples && size(out, 1) == columns && size(out, 2) == rows, "turn: out has another shape");
  perform([=, x = x.data(), out = out.data()] { run_turn(x, samples, rows, columns, out); }, x, out);
}

}  // namespace

void bind_convolution(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), W = nb::arg("W").noconvert(), dy = nb::arg("dy").noconvert();
  const auto stride = nb::arg("stride"), padding = nb::arg("padding"), dilation = nb::arg("dilation");
  const auto groups = nb::arg("groups");
  m.def("convolve", &convolve, x, W, nb::arg("b").noconvert().none(), nb::arg("y").noconvert(), stride, padding,
        dilation, groups);
  m.def("convolve_dx", &convolve_dx, dy, W, nb::arg("dx").noconvert(), stride, padding, dilation, groups);
  m.def("convolve_dW", &convolve_dW, x, dy, nb::arg("dW").noconvert(), stride, padding, dilation, groups);
  m.def("turn", &turn, x, nb::arg("out").noconvert());
  m.def("sum_rows", &sum_rows, x, nb::arg("out").noconvert());
}

}  // namespace pellucid
