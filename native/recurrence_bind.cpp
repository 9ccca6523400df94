#include "bind.h"
#include "recurrence.h"

namespace pellucid {
namespace {

using Matrix = In<float, 2>;
using Steps = In<float, 3>;
using Rows = nb::ndarray<const float, nb::ndim<3>, nb::device::cpu>;  // of contiguous rows, which lie anywhere
using Bias = std::optional<In<float, 1>>;
using Lengths = std::optional<In<std::int64_t, 1>>;

Cell cell_of(int number) {
  require(number >= 0 && number <= 3, "recurrence: there is no such cell");
  return static_cast<Cell>(number);
}

template <typename A>
i64 size(const A& a, int axis) {
  return static_cast<i64>(a.shape(static_cast<std::size_t>(axis)));
}
template <typename A>
bool fits(const A& a, i64 rows, i64 columns) {
  return size(a, 0) == rows && size(a, 1) == columns;
}
template <typename A>
bool fits(const A& a, i64 steps, i64 batch, i64 columns) {
  return fits(a, steps, batch) && size(a, 2) == columns;
}

bool rows_apart(const Rows& a) {
  return (a.stride(2) == 1 || a.shape(2) == 1) && a.stride(0) >= 0 && a.stride(1) >= 0;
}

// What both ways have in common, checked.
Walk checked(Cell cell, const Rows& x, const Matrix& h0, const std::optional<Matrix>& c0, const Matrix& W_ih,
             const Matrix& W_hh, const Lengths& lengths, bool reverse) {
  Walk w{};
  w.cell = cell;
  w.steps = size(x, 0);
  w.batch = size(x, 1);
  w.units = size(W_hh, 1);
  w.reverse = reverse;
  const i64 gates = gates_of(cell) * w.units;
  require(w.steps > 0, "recurrence: no steps");
  require(fits(W_ih, gates, size(x, 2)) && fits(W_hh, gates, w.units), "recurrence: the weights do not fit");
  require(fits(h0, w.batch, w.units), "recurrence: h0 has another shape");
  require(c0.has_value() == (cell == Cell::lstm), "recurrence: an LSTM has a c0, and no other cell");
  require(!c0 || fits(*c0, w.batch, w.units), "recurrence: c0 has another shape");
  require(!lengths || size(*lengths, 0) == w.batch, "recurrence: one length for each sequence");
  require(rows_apart(x), "recurrence: x has no contiguous rows");
  w.lengths = lengths ? lengths->data() : nullptr;
  w.x = x.data();
  w.x_step = x.stride(0);
  w.x_sequence = x.stride(1);
  w.h0 = h0.data();
  w.c0 = c0 ? c0->data() : nullptr;
  return w;
}

template <typename Gates, typename States>
void check_kept(const Walk& w, const std::optional<Gates>& gates, const std::optional<States>& c, const States& h) {
  const bool gated = w.cell == Cell::lstm || w.cell == Cell::gru;
  require(gates.has_value() == gated && c.has_value() == (w.cell == Cell::lstm), "recurrence: gates or c is missing");
  require(!gates || fits(*gates, w.steps, w.batch, kept_gates_of(w.cell) * w.units), "recurrence: gates does not fit");
  require(!c || fits(*c, w.steps, w.batch, w.units), "recurrence: c has another shape");
  require(fits(h, w.steps, w.batch, w.units), "recurrence: h has another shape");
}

void recurrence(int cell, const Rows& x, const Matrix& h0, const std::optional<Matrix>& c0, const Matrix& W_ih,
                const Matrix& W_hh, const Bias& b_ih, const Bias& b_hh, const Lengths& lengths, bool reverse,
                const std::optional<Out<float, 3>>& gates, const std::optional<Out<float, 3>>& c,
                const Out<float, 3>& h) {
  Forth f{};
  f.walk = checked(cell_of(cell), x, h0, c0, W_ih, W_hh, lengths, reverse);
  check_kept(f.walk, gates, c, h);
  require(b_ih.has_value() == b_hh.has_value(), "recurrence: both biases or none");
  require(!b_ih || (size(*b_ih, 0) == size(W_hh, 0) && size(*b_hh, 0) == size(W_hh, 0)), "recurrence: the biases");
  f.walk.gates = gates ? gates->data() : nullptr;
  f.walk.c = c ? c->data() : nullptr;
  f.walk.h = h.data();
  f.inputs = size(x, 2);
  f.W_ih = W_ih.data();
  f.W_hh = W_hh.data();
  f.b_ih = b_ih ? b_ih->data() : nullptr;
  f.b_hh = b_hh ? b_hh->data() : nullptr;
  perform([f] { run_recurrence(f); }, x, h0, c0, W_ih, W_hh, b_ih, b_hh, lengths, gates, c, h);
}

// dh_last and dc_last are the gradients by the last states, dh and dc become those by the first.
void recurrence_backward(int cell, const Rows& x, const Matrix& h0, const std::optional<Matrix>& c0,
                         const Matrix& W_ih, const Matrix& W_hh, const Lengths& lengths, bool reverse,
                         const std::optional<Steps>& gates, const std::optional<Steps>& c, const Steps& h,
                         const std::optional<Rows>& dy, const std::optional<Matrix>& dh_last,
                         const std::optional<Matrix>& dc_last, const Out<float, 2>& dh,
                         const std::optional<Out<float, 2>>& dc, const std::optional<Out<float, 3>>& dx,
                         const std::optional<Out<float, 2>>& dW_ih, const std::optional<Out<float, 2>>& dW_hh,
                         const std::optional<Out<float, 1>>& db_ih, const std::optional<Out<float, 1>>& db_hh) {
  Back b{};
  Walk& w = b.back.walk;
  w = checked(cell_of(cell), x, h0, c0, W_ih, W_hh, lengths, reverse);
  check_kept(w, gates, c, h);
  const i64 rows = size(W_hh, 0);
  require(!dy || fits(*dy, w.steps, w.batch, w.units), "recurrence: dy has another shape");
  require(fits(dh, w.batch, w.units), "recurrence: dh has another shape");
  require(dc.has_value() == c.has_value() && (!dc || fits(*dc, w.batch, w.units)), "recurrence: dc does not fit");
  require((!dh_last || fits(*dh_last, w.batch, w.units)) && (!dc_last || fits(*dc_last, w.batch, w.units)),
          "recurrence: the gradients by the last states do not fit");
  require(!dx || fits(*dx, w.steps, w.batch, size(x, 2)), "recurrence: dx has another shape");
  require(!dW_ih || fits(*dW_ih, rows, size(x, 2)), "recurrence: dW_ih has another shape");
  require(!dW_hh || fits(*dW_hh, rows, w.units), "recurrence: dW_hh has another shape");
  require((!db_ih || size(*db_ih, 0) == rows) && (!db_hh || size(*db_hh, 0) == rows), "recurrence: db");
  require(dW_ih.has_value() == dW_hh.has_value() && dW_ih.has_value() == db_ih.has_value() &&
              db_hh.has_value() == (dW_ih.has_value() && w.cell == Cell::gru),
          "recurrence: all gradients by the weights or none, and two by the biases for a GRU alone");
  w.gates = gates ? const_cast<float*>(gates->data()) : nullptr;  // only read on the way back
  w.c = c ? const_cast<float*>(c->data()) : nullptr;
  w.h = const_cast<float*>(h.data());
  if (dy) {
    require(rows_apart(*dy), "recurrence: dy has no contiguous rows");
    b.back.dy_step = dy->stride(0);
    b.back.dy_sequence = dy->stride(1);
  }
  b.back.dy = dy ? dy->data() : nullptr;
  b.back.dh = dh.data();
  b.back.dc = dc ? dc->data() : nullptr;
  b.back.dx = dx ? dx->data() : nullptr;
  b.inputs = size(x, 2);
  b.W_ih = W_ih.data();
  b.W_hh = W_hh.data();
  b.dh_last = dh_last ? dh_last->data() : nullptr;
  b.dc_last = dc_last ? dc_last->data() : nullptr;
  b.dW_ih = dW_ih ? dW_ih->data() : nullptr;
  b.dW_hh = dW_hh ? dW_hh->data() : nullptr;
  b.db_ih = db_ih ? db_ih->data() : nullptr;
  b.db_hh = db_hh ? db_hh->data() : nullptr;
  perform([b] { run_recurrence_backward(b); }, x, h0, c0, W_ih, W_hh, lengths, gates, c, h, dy, dh_last, dc_last, dh,
          dc, dx, dW_ih, dW_hh, db_ih, db_hh);
}

}  // namespace

void bind_recurrence(nb::module_& m) {
  const auto given = [](const char* name) { return nb::arg(name).noconvert(); };
  const auto maybe = [](const char* name) { return nb::arg(name).noconvert().none(); };
  m.def("recurrence", &recurrence, nb::arg("cell"), given("x"), given("h0"), maybe("c0"), given("W_ih"), given("W_hh"),
        maybe("b_ih"), maybe("b_hh"), maybe("lengths"), nb::arg("reverse"), maybe("gates"), maybe("c"), given("h"));
  m.def("recurrence_backward", &recurrence_backward, nb::arg("cell"), given("x"), given("h0"), maybe("c0"),
        given("W_ih"), given("W_hh"), maybe("lengths"), nb::arg("reverse"), maybe("gates"), maybe("c"), given("h"),
        maybe("dy"), maybe("dh_last"), maybe("dc_last"), given("dh"), maybe("dc"), maybe("dx"), maybe("dW_ih"),
        maybe("dW_hh"), maybe("db_ih"), maybe("db_hh"));
}

}  // namespace pellucid
