#include <array>

#include "bind.h"
#include "pooling.h"

namespace pellucid {
namespace {

using Numbers = std::array<i64, 3>;
using X = In<float, 5>;
using Y = Out<float, 5>;

template <typename A>
i64 size(const A& a, int axis) {
  return static_cast<i64>(a.shape(static_cast<std::size_t>(axis)));
}

// x (samples, *size, channels), y (samples, *places, channels)
template <typename A, typename B>
Pooling pooling(const A& x, const B& y, const Numbers& window, const Numbers& stride, const Numbers& padding,
                const Numbers& dilation) {
  Pooling p{};
  p.samples = size(x, 0);
  p.channels = size(x, 4);
  require(size(y, 0) == p.samples && size(y, 4) == p.channels, "pool: x and y have different samples or channels");
  for (int i = 0; i < 3; ++i) {
    const std::size_t axis = static_cast<std::size_t>(i);
    p.size[i] = size(x, i + 1);
    p.places[i] = size(y, i + 1);
    p.window[i] = window[axis];
    p.stride[i] = stride[axis];
    p.padding[i] = padding[axis];
    p.dilation[i] = dilation[axis];
    require(p.size[i] > 0 && p.places[i] > 0 && p.window[i] > 0, "pool: an axis of nothing");
    require(p.stride[i] > 0 && p.dilation[i] > 0 && p.padding[i] >= 0, "pool: impossible numbers");
  }
  return p;
}

template <typename A, typename B>
bool same_shape(const A& a, const B& b) {
  for (int i = 0; i < 5; ++i)
    if (size(a, i) != size(b, i)) return false;
  return true;
}

void max_pool(const X& x, const Y& y, const Out<std::int32_t, 5>& which, const Numbers& window, const Numbers& stride,
              const Numbers& padding, const Numbers& dilation) {
  const Pooling p = pooling(x, y, window, stride, padding, dilation);
  require(same_shape(y, which), "max_pool: which has another shape");
  perform([p, x = x.data(), y = y.data(), which = which.data()] { run_max_pool(p, x, y, which); }, x, y, which);
}

void max_pool_backward(const X& dy, const In<std::int32_t, 5>& which, const Y& dx, const Numbers& window,
                       const Numbers& stride, const Numbers& padding, const Numbers& dilation) {
  const Pooling p = pooling(dx, dy, window, stride, padding, dilation);
  require(same_shape(dy, which), "max_pool_backward: which has another shape");
  perform([p, dy = dy.data(), which = which.data(), dx = dx.data()] { run_max_pool_backward(p, dy, which, dx); }, dy,
          which, dx);
}

void avg_pool(const X& x, const In<float, 3>& count, const Y& y, const Numbers& window, const Numbers& stride,
              const Numbers& padding) {
  const Pooling p = pooling(x, y, window, stride, padding, {1, 1, 1});
  for (int i = 0; i < 3; ++i) require(size(count, i) == p.places[i], "avg_pool: count has another shape");
  perform([p, x = x.data(), count = count.data(), y = y.data()] { run_avg_pool(p, x, count, y); }, x, count, y);
}

void avg_pool_backward(const X& dy, const In<float, 3>& count, const Y& dx, const Numbers& window,
                       const Numbers& stride, const Numbers& padding) {
  const Pooling p = pooling(dx, dy, window, stride, padding, {1, 1, 1});
  for (int i = 0; i < 3; ++i) require(size(count, i) == p.places[i], "avg_pool_backward: count has another shape");
  perform([p, dy = dy.data(), count = count.data(), dx = dx.data()] { run_avg_pool_backward(p, dy, count, dx); }, dy,
          count, dx);
}

}  // namespace

void bind_pooling(nb::module_& m) {
  const auto x = nb::arg("x").noconvert(), y = nb::arg("y").noconvert(), which = nb::arg("which").noconvert();
  const auto dy = nb::arg("dy").noconvert(), dx = nb::arg("dx").noconvert(), count = nb::arg("count").noconvert();
  const auto window = nb::arg("window"), stride = nb::arg("stride"), padding = nb::arg("padding");
  m.def("max_pool", &max_pool, x, y, which, window, stride, padding, nb::arg("dilation"));
  m.def("max_pool_backward", &max_pool_backward, dy, which, dx, window, stride, padding, nb::arg("dilation"));
  m.def("avg_pool", &avg_pool, x, count, y, window, stride, padding);
  m.def("avg_pool_backward", &avg_pool_backward, dy, count, dx, window, stride, padding);
}

}  // namespace pellucid
