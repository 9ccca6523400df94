#include "plan.h"

namespace pellucid {
namespace {

thread_local Plan* recording_plan = nullptr;

}  // namespace

Plan* Plan::recording() { return recording_plan; }

void Plan::begin() { recording_plan = this; }

void Plan::end() { recording_plan = nullptr; }

void Plan::writes(const void* data, std::size_t bytes) {
  const char* from = static_cast<const char*>(data);
  written_.push_back({from, from + bytes});
}

void Plan::reads(const void* data, std::size_t bytes) {
  const char *from = static_cast<const char*>(data), *to = from + bytes;
  for (const auto& range : written_)
    if (from >= range.first && to <= range.second) return;
  if (bytes) ++foreign_;
}

i64 Plan::bytes() const {
  i64 sum = 0;
  for (const auto& range : written_) sum += range.second - range.first;
  return sum;
}

const std::uint32_t* Plan::key(std::uint32_t k0, std::uint32_t k1) {
  for (const auto& known : keys_)
    if (known[0] == k0 && known[1] == k1) return known.data();
  keys_.push_back({k0, k1});
  return keys_.back().data();
}

const double* Plan::rate(double lr) {
  rates_.push_back(lr);
  return &rates_.back();
}

i64 Plan::replay(const Run& run) {
  run_ = run;
  stopped_ = false;
  for (step_ = 0; step_ < run.steps; ++step_) {
    if (run.keys) {
      const std::uint32_t* from = run.keys + step_ * draws() * 2;
      for (auto& key : keys_) {
        key = {from[0], from[1]};
        from += 2;
      }
    }
    for (const auto& task : tasks_) {
      task();
      if (stopped_) return step_;
    }
  }
  return step_;
}

i64 replay_epochs(Plan& full, Plan* last, const Epochs& of, const Plan::Run& run) {
  const i64 batches = of.steps + (last ? 1 : 0);
  for (i64 epoch = 0; epoch < of.epochs; ++epoch) {
    const i64 before = epoch * batches;
    const auto part = [&](i64 steps, i64 first, i64 elapsed) {
      return Plan::Run{steps,
                       run.row + epoch * of.rows + first * run.batch,
                       run.batch,
                       elapsed + before + first,
                       run.losses + before + first,
                       nullptr,
                       run.keys ? run.keys + (before + first) * full.draws() * 2 : nullptr};
    };
    const i64 ended = full.replay(part(of.steps, 0, run.elapsed));
    if (ended < of.steps) return before + ended;
    if (last && !last->replay(part(1, of.steps, of.elapsed_last))) return before + of.steps;
  }
  return of.epochs * batches;
}

}  // namespace pellucid
