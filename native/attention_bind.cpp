#include "attention.h"
#include "bind.h"

namespace pellucid {
namespace {

// (batch, heads, rows, columns) at any strides, the columns side by side.
template <typename T>
using Array4 = nb::ndarray<T, nb::ndim<4>, nb::device::cpu>;

template <typename T>
i64 size(const T& a, int axis) {
  return static_cast<i64>(a.shape(static_cast<std::size_t>(axis)));
}

template <typename T>
Heads<T> heads_of(const Array4<T>& a, i64 batch, i64 heads, i64 rows, i64 columns) {
  require(size(a, 0) == batch && size(a, 1) == heads && size(a, 2) == rows && size(a, 3) == columns,
          "attention: an array has another shape");
  require(columns == 1 || a.stride(3) == 1, "attention: columns must lie side by side");
  return {a.data(), a.stride(0), a.stride(1), a.stride(2)};
}

// From the first number of an array to the last, whatever lies between.
template <typename T>
std::size_t extent(const Array4<T>& a) {
  std::int64_t last = 0;
  for (std::size_t axis = 0; axis < 4; ++axis) last += (static_cast<std::int64_t>(a.shape(axis)) - 1) * a.stride(axis);
  return (static_cast<std::size_t>(last) + 1) * sizeof(T);
}

using InHeads = Array4<const float>;
using OutHeads = Array4<float>;
using Logs = In<float, 3>;

Attention attention_of(const InHeads& q, const InHeads& k, const InHeads& v, const std::optional<InHeads>& mask,
                       bool causal, double scale, double p, double kept_scale) {
  require(p >= 0 && p <= 1, "attention: p must lie between 0 and 1");
  Attention a{};
  a.batch = size(q, 0);
  a.heads = size(q, 1);
  a.queries = size(q, 2);
  a.features = size(q, 3);
  a.keys = size(k, 2);
  a.values = size(v, 3);
  require(q.size() && k.size() && v.size(), "attention: an array is empty");
  a.q = heads_of(q, a.batch, a.heads, a.queries, a.features);
  a.k = heads_of(k, a.batch, a.heads, a.keys, a.features);
  a.v = heads_of(v, a.batch, a.heads, a.keys, a.values);
  if (mask) a.mask = heads_of(*mask, a.batch, a.heads, a.queries, a.keys);
  a.causal = causal;
  a.scale = static_cast<float>(scale);
  a.drops = p > 0;
  a.dropout = dropout_of(p, kept_scale);
  return a;
}

// Runs a task of the two words of a key; a replay draws with other keys, and the plan says where they lie.
template <typename Task, typename... Arrays>
void perform_drawn(const Task& task, bool drops, std::uint64_t key, const Arrays&... arrays) {
  const std::uint32_t words[2] = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  {
    Running running;
    task(words);
  }
  if (Plan* plan = Plan::recording()) {
    if (drops) plan->add([task, at = plan->key(words[0], words[1]), arrays...] { task(at); });
    else plan->add([task, arrays...] {
      const std::uint32_t none[2] = {};
      task(none);
    });
  }
}

Attention drawn(Attention a, const std::uint32_t* key) {
  a.dropout.k0 = key[0];
  a.dropout.k1 = key[1];
  return a;
}

template <typename... Arrays>
void read_heads(const Arrays&... arrays) {
  if (Plan* plan = Plan::recording()) (plan->reads(arrays.data(), extent(arrays)), ...);
}
template <typename... Arrays>
void written_heads(const Arrays&... arrays) {
  if (Plan* plan = Plan::recording()) (plan->writes(arrays.data(), extent(arrays)), ...);
}

void attention(const InHeads& q, const InHeads& k, const InHeads& v, const std::optional<InHeads>& mask, bool causal,
               double scale, double p, double kept_scale, std::uint64_t key, const OutHeads& y,
               const Out<float, 3>& l) {
  Attention a = attention_of(q, k, v, mask, causal, scale, p, kept_scale);
  a.y = heads_of(y, a.batch, a.heads, a.queries, a.values);
  require(size(l, 0) == a.batch && size(l, 1) == a.heads && size(l, 2) == a.queries, "attention: l has another shape");
  a.l = l.data();
  read_heads(q, k, v);
  if (mask) read_heads(*mask);
  written_heads(y);
  if (Plan* plan = Plan::recording()) written_by(*plan, l);
  perform_drawn([a](const std::uint32_t* words) { run_attention(drawn(a, words)); }, a.drops, key, q, k, v, mask, y, l);
}

void attention_backward(const InHeads& q, const InHeads& k, const InHeads& v, const std::optional<InHeads>& mask,
                        bool causal, double scale, double p, double kept_scale, std::uint64_t key, const InHeads& y,
                        const Logs& l, const InHeads& dy, const OutHeads& dq, const OutHeads& dk, const OutHeads& dv) {
  AttentionGradient g{};
  Attention& a = g.forward;
  a = attention_of(q, k, v, mask, causal, scale, p, kept_scale);
  const Heads<const float> given = heads_of(y, a.batch, a.heads, a.queries, a.values);
  a.y = {const_cast<float*>(given.data), given.batch, given.head, given.row};  // read only
  require(size(l, 0) == a.batch && size(l, 1) == a.heads && size(l, 2) == a.queries, "attention: l has another shape");
  a.l = const_cast<float*>(l.data());  // read only
  g.dy = heads_of(dy, a.batch, a.heads, a.queries, a.values);
  g.dq = heads_of(dq, a.batch, a.heads, a.queries, a.features);
  g.dk = heads_of(dk, a.batch, a.heads, a.keys, a.features);
  g.dv = heads_of(dv, a.batch, a.heads, a.keys, a.values);
  read_heads(q, k, v, y, dy);
  if (mask) read_heads(*mask);
  if (Plan* plan = Plan::recording()) read_by(*plan, l);
  written_heads(dq, dk, dv);
  const auto task = [g](const std::uint32_t* words) {
    AttentionGradient now = g;
    now.forward = drawn(g.forward, words);
    run_attention_backward(now);
  };
  perform_drawn(task, a.drops, key, q, k, v, mask, y, l, dy, dq, dk, dv);
}

}  // namespace

void bind_attention(nb::module_& m) {
  const auto q = nb::arg("q").noconvert(), k = nb::arg("k").noconvert(), v = nb::arg("v").noconvert();
  const auto y = nb::arg("y").noconvert(), l = nb::arg("l").noconvert();
  const auto causal = nb::arg("causal"), scale = nb::arg("scale"), p = nb::arg("p"), kept = nb::arg("kept_scale");
  const auto key = nb::arg("key");
  m.def("attention", &attention, q, k, v, nb::arg("mask").noconvert().none(), causal, scale, p, kept, key, y, l);
  m.def("attention_backward", &attention_backward, q, k, v, nb::arg("mask").noconvert().none(), causal, scale, p, kept,
        key, y, l, nb::arg("dy").noconvert(), nb::arg("dq").noconvert(), nb::arg("dk").noconvert(),
        nb::arg("dv").noconvert());
}

}  // namespace pellucid
