// A recorded step: the tasks that kernels ran, in order, with their pointers and sizes, to be run again and again
// without the interpreter.
//
// What differs from step to step is read through memory: the rows of the batch (gathered at a place in the epoch's
// order), the keys of what is drawn, and the optimizer's numbers. All else that a task captured stays as it was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "isa.h"

namespace pellucid {

class Plan {
 public:
  // The plan that records what this thread runs, or null.
  static Plan* recording();

  void begin();
  void end();

  // Keeps a task, and what it holds.
  void add(std::function<void()> task) { tasks_.push_back(std::move(task)); }

  // What a task writes and reads. Memory that is read without having been written by an earlier task, or having been
  // declared as written, was computed outside the kernels: `foreign` counts such reads, and the plan is worthless.
  void writes(const void* data, std::size_t bytes);
  void reads(const void* data, std::size_t bytes);
  // Takes what another plan's tasks write as written, because they always run before.
  void follow(const Plan& earlier) {
    written_.insert(written_.end(), earlier.written_.begin(), earlier.written_.end());
  }
  void spoil() { ++foreign_; }  // something was decided outside the kernels
  i64 foreign() const { return foreign_; }

  // Memory whose content a replay replaces before each step: the two words of a key, in the order of drawing. The
  // gradient, which draws the same mask again, finds the same memory.
  const std::uint32_t* key(std::uint32_t k0, std::uint32_t k1);
  // The same for a learning rate, which may change between replays, in the order of the optimizer's groups.
  const double* rate(double lr);

  // What a replay reads and writes: first row of the first step in the epoch's order, one place for each step.
  struct Run {
    i64 steps;
    i64 row, batch;
    i64 elapsed;                // steps that the optimizer has taken since the recorded one, that one included
    double* losses;             // (steps,)
    unsigned char* outputs;     // (steps, bytes of a step's outputs), or null
    const std::uint32_t* keys;  // (steps, draws, 2), or null where nothing is drawn
  };
  // Runs steps until all are done or a task has called `stop`, after which that step is not ended; returns how many
  // were ended.
  i64 replay(const Run& run);
  void stop() { stopped_ = true; }
  const Run& run() const { return run_; }  // what the tasks of a replay look at
  i64 step() const { return step_; }
  i64 elapsed() const { return run_.elapsed + step_; }
  i64 row() const { return run_.row + step_ * run_.batch; }

  i64 draws() const { return static_cast<i64>(keys_.size()); }
  i64 bytes() const;  // of all that tasks write
  i64 size() const { return static_cast<i64>(tasks_.size()); }
  std::deque<double>& rates() { return rates_; }

 private:
  std::vector<std::function<void()>> tasks_;
  std::deque<std::array<std::uint32_t, 2>> keys_;  // deques, because tasks hold addresses
  std::deque<double> rates_;
  std::vector<std::pair<const char*, const char*>> written_;
  i64 foreign_ = 0;
  Run run_{};
  i64 step_ = 0;
  bool stopped_ = false;
};

// An epoch after the other: of each, `steps` steps of `full`, and one step of `last`, whose rows are fewer, where there
// is such a plan. `run` is that of the first epoch's first step; its losses and keys are those of all epochs, its rows
// lie one epoch behind the other. Returns how many steps were ended.
struct Epochs {
  i64 epochs, steps, rows;  // rows of an epoch in the order
  i64 elapsed_last;         // as Run::elapsed, counted from where `last` was recorded
};
i64 replay_epochs(Plan& full, Plan* last, const Epochs& of, const Plan::Run& run);

}  // namespace pellucid
