#include "plan.h"

#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "bind.h"

namespace pellucid {
namespace {

using Bytes = In<std::uint8_t, 2>;

// Copies the rows of this step's batch, in the epoch's order, to `out`.
void gather(Plan& plan, const Bytes& source, const In<i64, 1>& order, const Out<std::uint8_t, 2>& out) {
  require(source.shape(1) == out.shape(1), "gather: rows of different sizes");
  plan.writes(out.data(), out.size());
  plan.add([&plan, source, order, out] {
    const std::size_t bytes = source.shape(1), from = static_cast<std::size_t>(plan.row()), rows = out.shape(0);
    if (from + rows > order.shape(0)) throw std::out_of_range("gather: beyond the end of the order");
    const i64* row = order.data() + from;
    for (std::size_t i = 0; i < rows; ++i)  // a negative one is huge
      if (static_cast<std::size_t>(row[i]) >= source.shape(0))
        throw std::out_of_range("gather: a row that is not there");
    const i64 count = static_cast<i64>(rows), chunks = chunks_for(static_cast<i64>(out.size()), count);
    parallel_for(chunks, [&](i64 chunk) {
      const std::size_t to = static_cast<std::size_t>(count * (chunk + 1) / chunks);
      for (std::size_t i = static_cast<std::size_t>(count * chunk / chunks); i < to; ++i)
        std::memcpy(out.data() + i * bytes, source.data() + static_cast<std::size_t>(row[i]) * bytes, bytes);
    });
  });
}

// Notes the step's loss, and stops before anything has changed where it is no number.
void loss(Plan& plan, const In<float, 1>& value) {
  require(value.shape(0) == 1, "loss: one number is expected");
  plan.reads(value.data(), sizeof(float));
  plan.add([&plan, value] {
    const float x = *value.data();
    plan.run().losses[plan.step()] = static_cast<double>(x);
    if (!std::isfinite(x)) plan.stop();
  });
}

void outputs(Plan& plan, const In<std::uint8_t, 1>& value) {
  plan.add([&plan, value] {
    if (unsigned char* to = plan.run().outputs)
      std::memcpy(to + static_cast<std::size_t>(plan.step()) * value.shape(0), value.data(), value.shape(0));
  });
}

using Any = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using AnyOut = nb::ndarray<nb::c_contig, nb::device::cpu>;

// Where a recorded pass finds its input and leaves its output, if that is to be copied.
struct Answer {
  AnyOut input;
  std::optional<Any> output;

  // Runs every task once with `x` in the place of the input, and copies the output to `y`.
  void operator()(Plan& plan, const Any& x, const std::optional<AnyOut>& y) const {
    require(Plan::recording() == nullptr, "answer: a plan is being recorded");
    require(plan.draws() == 0 && plan.rates().empty(), "answer: a step of a training was recorded");
    require(x.nbytes() == input.nbytes() && (!output || (y && y->nbytes() == output->nbytes())),
            "answer: sizes differ from the recorded");
    Running running;
    std::memcpy(input.data(), x.data(), x.nbytes());
    plan.replay({1, 0, 0, 0, nullptr, nullptr, nullptr});
    if (output) std::memcpy(y->data(), output->data(), y->nbytes());
  }
};

using Keys = std::optional<In<std::uint32_t, 3>>;

// What a replay is given, for so many steps.
Plan::Run checked(Plan& plan, std::size_t steps, i64 row, i64 batch, i64 elapsed, const std::vector<double>& rates,
                  double* losses, const Keys& keys) {
  require(Plan::recording() == nullptr, "replay: a plan is being recorded");
  require(plan.draws() == 0 || (keys && keys->shape(0) == steps && static_cast<i64>(keys->shape(1)) == plan.draws() &&
                                keys->shape(2) == 2),
          "replay: keys do not fit");
  require(row >= 0 && batch >= 0, "replay: a negative row");
  require(rates.size() == plan.rates().size(), "replay: another number of learning rates was recorded");
  std::copy(rates.begin(), rates.end(), plan.rates().begin());
  return {static_cast<i64>(steps), row, batch, elapsed, losses, nullptr, plan.draws() ? keys->data() : nullptr};
}

i64 replay(Plan& plan, i64 row, i64 batch, i64 elapsed, const std::vector<double>& rates, const Out<double, 1>& losses,
           const std::optional<Out<std::uint8_t, 2>>& outputs, const Keys& keys) {
  const std::size_t steps = losses.shape(0);
  require(!outputs || outputs->shape(0) == steps, "replay: outputs have another number of steps");
  Plan::Run run = checked(plan, steps, row, batch, elapsed, rates, losses.data(), keys);
  run.outputs = outputs ? outputs->data() : nullptr;
  Running running;
  return plan.replay(run);
}

i64 replay_all(Plan& plan, Plan* last, i64 rows, i64 batch, i64 elapsed, i64 elapsed_last,
               const std::vector<double>& rates, const Out<double, 2>& losses, const Keys& keys) {
  const std::size_t steps = losses.size();
  require(rows >= 0 && (!last || losses.shape(1) > 0), "replay: an epoch without a step");
  const Plan::Run run = checked(plan, steps, 0, batch, elapsed, rates, losses.data(), keys);
  if (last) {
    require(last->draws() == plan.draws(), "replay: the last step draws more or less than the others");
    checked(*last, steps, 0, batch, elapsed_last, rates, losses.data(), keys);
  }
  const i64 batches = static_cast<i64>(losses.shape(1));
  const Epochs epochs{static_cast<i64>(losses.shape(0)), last ? batches - 1 : batches, rows, elapsed_last};
  Running running;
  return replay_epochs(plan, last, epochs, run);
}

}  // namespace

void bind_plan(nb::module_& m) {
  nb::class_<Answer>(m, "Answer")
      .def("__init__", [](Answer* self, AnyOut input, std::optional<Any> output) { new (self) Answer{input, output}; },
           nb::arg("input").noconvert(), nb::arg("output").noconvert().none())
      .def("__call__",
           [](const Answer& self, Plan& plan, const Any& x, const std::optional<AnyOut>& y) { self(plan, x, y); },
           nb::arg("plan"), nb::arg("x").noconvert(), nb::arg("y").noconvert().none());
  nb::class_<Plan>(m, "Plan")
      .def(nb::init<>())
      .def("begin", &Plan::begin)
      .def("end", &Plan::end)
      .def("gather", &gather, nb::arg("source").noconvert(), nb::arg("order").noconvert(), nb::arg("out").noconvert())
      .def("loss", &loss, nb::arg("value").noconvert())
      .def("outputs", &outputs, nb::arg("value").noconvert())
      .def("replay", &replay, nb::arg("row"), nb::arg("batch"), nb::arg("elapsed"), nb::arg("rates"),
           nb::arg("losses").noconvert(),
           nb::arg("outputs").noconvert().none(), nb::arg("keys").noconvert().none())
      .def("follow", &Plan::follow, nb::arg("earlier"))
      .def("read", [](Plan& plan, const Any& array) { plan.reads(array.data(), array.nbytes()); },
           nb::arg("array").noconvert())
      .def("replay_epochs", &replay_all, nb::arg("last").none(), nb::arg("rows"), nb::arg("batch"), nb::arg("elapsed"),
           nb::arg("elapsed_last"), nb::arg("rates"), nb::arg("losses").noconvert(), nb::arg("keys").noconvert().none())
      .def_prop_ro("bytes", &Plan::bytes)
      .def("keep", [](Plan& plan, const In<std::uint8_t, 1>& array) { plan.writes(array.data(), array.size()); },
           nb::arg("array").noconvert())
      .def_prop_ro("foreign", &Plan::foreign)
      .def_prop_ro("draws", &Plan::draws)
      .def_prop_ro("rates", [](Plan& plan) { return plan.rates().size(); })
      .def("__len__", &Plan::size);
}

}  // namespace pellucid
