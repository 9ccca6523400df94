// A small thread pool: work is cut into a fixed number of chunks, and whoever is free claims the next one.
#pragma once

#include "isa.h"

namespace pellucid {

// Calls work(context, chunk) for chunk = 0 .. chunks-1 and returns when all are done. The caller works too and
// never waits for a worker that has not started. The cut is the caller's and does not depend on the number of
// threads, so results do not either. At most 4095 chunks. Without `wake` only workers that are awake help, as they
// are for 50 us after the job before: waking one costs 5 us, more than it saves in a short job.
void parallel(int chunks, void (*work)(void* context, int chunk), void* context, bool wake = true);

// How many threads may work at once, the caller included.
int thread_count();
void set_thread_count(int count);

// Flushes denormal numbers to zero for a scope, and restores what the caller had. Steps of a net that has
// converged otherwise become twenty times slower.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();

 private:
  unsigned long before_;
};

// Into how many chunks a task is cut: by its floating-point operations, of which fewer than about 60,000 a chunk cost
// more in handing over than a second thread saves, and at most `most`. It does not depend on the number of threads.
constexpr i64 kMostChunks = 8;
constexpr i64 kWorthwhile = 60000;
inline i64 chunks_for(i64 operations, i64 most, i64 worthwhile = kWorthwhile) {
  i64 chunks = operations < 2 * worthwhile ? 1 : operations / worthwhile;
  chunks = chunks < kMostChunks ? chunks : kMostChunks;
  return chunks < most ? chunks : most < 1 ? 1 : most;
}

template <typename F>
void parallel_for(i64 chunks, const F& f, bool wake = true) {
  parallel(static_cast<int>(chunks), [](void* context, int chunk) { (*static_cast<const F*>(context))(chunk); },
           const_cast<void*>(static_cast<const void*>(&f)), wake);
}

}  // namespace pellucid
