#include "pooled_convolution.h"

#include <array>

#include "bind.h"

namespace pellucid {
namespace {

using Numbers = std::array<i64, 3>;
using X = In<float, 5>;
using Y = Out<float, 5>;

template <typename A>
i64 size(const A& a, int axis) {
  return static_cast<i64>(a.shape(static_cast<std::size_t>(axis)));
}

// x (samples, *size, in), W (out, in, *kernel), y (samples, *pooled, out)
template <typename B>
PooledConvolution pooled_convolution(const X& x, const X& W, const B& y, const Numbers& stride, const Numbers& padding,
                                     const Numbers& dilation, const Numbers& window) {
  PooledConvolution p{};
  Convolution& c = p.c;
  c.samples = size(x, 0);
  c.groups = 1;
  c.in = size(x, 4);
  c.out = size(W, 0);
  require(size(W, 1) == c.in, "convolve_relu_pool: W has other channels");
  require(size(y, 0) == c.samples && size(y, 4) == c.out, "convolve_relu_pool: y has other samples or channels");
  i64 field = c.in;
  for (int i = 0; i < 3; ++i) {
    const std::size_t axis = static_cast<std::size_t>(i);
    c.size[i] = size(x, i + 1);
    c.kernel[i] = size(W, i + 2);
    c.stride[i] = stride[axis];
    c.padding[i] = padding[axis];
    c.dilation[i] = dilation[axis];
    p.window[i] = window[axis];
    require(c.stride[i] > 0 && c.dilation[i] > 0 && c.padding[i] >= 0, "convolve_relu_pool: impossible numbers");
    require(c.size[i] > 0 && c.kernel[i] > 0 && p.window[i] > 0, "convolve_relu_pool: an axis of nothing");
    const i64 left = c.size[i] + 2 * c.padding[i] - c.dilation[i] * (c.kernel[i] - 1) - 1;
    require(left >= 0, "convolve_relu_pool: the kernel does not fit");
    c.places[i] = left / c.stride[i] + 1;
    p.pooled[i] = c.places[i] / p.window[i];
    require(p.pooled[i] > 0 && size(y, i + 1) == p.pooled[i], "convolve_relu_pool: y has another size");
    field *= c.size[i] + 2 * c.padding[i];
  }
  require(p.window[0] == 1 && c.dilation[2] == 1, "convolve_relu_pool: a window or dilation that it is not made for");
  require(field < i64{1} << 31, "convolve_relu_pool: a sample of more numbers than it can count");
  return p;
}

template <typename A, typename B>
bool same_shape(const A& a, const B& b) {
  for (int i = 0; i < 5; ++i)
    if (size(a, i) != size(b, i)) return false;
  return true;
}

void convolve_relu_pool(const X& x, const X& W, const std::optional<In<float, 1>>& b, const Y& y,
                        const Out<std::int32_t, 5>& which, const Numbers& stride, const Numbers& padding,
                        const Numbers& dilation, const Numbers& window) {
  const PooledConvolution p = pooled_convolution(x, W, y, stride, padding, dilation, window);
  require(!b || size(*b, 0) == p.c.out, "convolve_relu_pool: b has another length");
  require(same_shape(y, which), "convolve_relu_pool: which has another shape");
  perform([p, x = x.data(), W = W.data(), b = b ? b->data() : nullptr, y = y.data(), which = which.data()] {
    run_convolve_relu_pool(p, x, W, b, y, which);
  }, x, W, b, y, which);
}

void convolve_relu_pool_backward(const X& x, const X& W, const X& dy, const In<std::int32_t, 5>& which,
                                 const std::optional<Y>& dx, const std::optional<Y>& dW,
                                 const std::optional<Out<float, 1>>& db, const Numbers& stride, const Numbers& padding,
                                 const Numbers& dilation, const Numbers& window) {
  const PooledConvolution p = pooled_convolution(x, W, dy, stride, padding, dilation, window);
  require(same_shape(dy, which), "convolve_relu_pool_backward: which has another shape");
  require(!dx || same_shape(*dx, x), "convolve_relu_pool_backward: dx has another shape");
  require(!dW || same_shape(*dW, W), "convolve_relu_pool_backward: dW has another shape");
  require(!db || size(*db, 0) == p.c.out, "convolve_relu_pool_backward: db has another length");
  perform([p, x = x.data(), W = W.data(), dy = dy.data(), which = which.data(), dx = dx ? dx->data() : nullptr,
           dW = dW ? dW->data() : nullptr, db = db ? db->data() : nullptr] {
    run_convolve_relu_pool_backward(p, x, W, dy, which, dx, dW, db);
  }, x, W, dy, which, dx, dW, db);
}

}  // namespace

void bind_pooled_convolution(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), W = nb::arg("W").noconvert(), which = nb::arg("which").noconvert();
  const auto stride = nb::arg("stride"), padding = nb::arg("padding"), dilation = nb::arg("dilation");
  const auto window = nb::arg("window");
  m.def("convolve_relu_pool", &convolve_relu_pool, x, W, nb::arg("b").noconvert().none(), nb::arg("y").noconvert(),
        which, stride, padding, dilation, window);
  m.def("convolve_relu_pool_backward", &convolve_relu_pool_backward, x, W, nb::arg("dy").noconvert(), which,
        nb::arg("dx").noconvert().none(), nb::arg("dW").noconvert().none(), nb::arg("db").noconvert().none(), stride,
        padding, dilation, window);
}

}  // namespace pellucid
