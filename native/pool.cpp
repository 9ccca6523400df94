#include "pool.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pellucid {
namespace {

constexpr int kPatience = 200;  // pauses before who waits offers its core: what it waits for may wait for that core
constexpr int kSpins = 2000;  // pauses before a worker sleeps, 50 us; longer spins starve NumPy's own threads
// Waking takes as long as a short job. A worker that was called again within this time of its last job waits longer, until
// it has done so in vain: a training loop leaves 100 us between two kernels.
constexpr auto kSoon = std::chrono::microseconds(200);
constexpr int kLongSpins = 5 * kSpins;

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// The claim word: which job (40 bits), how many chunks it has (12), and which is next (12). A worker that
// manages to count it up owns that chunk, and the job cannot end before it has done it: only then are the
// job's fields read, so a worker that woke late can never see those of another job.
constexpr std::uint64_t kNext = 0xFFF;
constexpr int kTotalShift = 12, kJobShift = 24;

struct Pool {
  std::atomic<std::uint64_t> claim{0};
  std::atomic<int> done{0};
  std::atomic<int> sleepers{0};
  void (*work)(void*, int) = nullptr;
  void* context = nullptr;
  std::uint64_t jobs = 0;
  int workers = 0;
  std::mutex sleep_mutex;
  std::condition_variable wake;
  std::mutex busy;  // held by the one caller whose job is running
};

Pool* pool = new Pool;  // never freed: workers may still sleep in it when the process ends
std::atomic<int> wanted{1};

// Claims and does one chunk of the job that `seen` names; false when none is left.
bool do_one(std::uint64_t& seen) {
  while ((seen & kNext) < ((seen >> kTotalShift) & kNext)) {
    if (pool->claim.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) {
      pool->work(pool->context, static_cast<int>(seen & kNext));
      pool->done.fetch_add(1, std::memory_order_release);
      seen = pool->claim.load(std::memory_order_acquire);
      return true;
    }
  }
  return false;
}

void worker(int index) {
  FlushDenormals flush;
  std::uint64_t seen = pool->claim.load(std::memory_order_acquire);
  int patience = kSpins;
  for (;;) {
    // A worker beyond the wanted number looks on; it was started when more were wanted.
    while (index < wanted.load(std::memory_order_relaxed) && do_one(seen)) {
    }
    int spins = 0;
    const auto idle_since = std::chrono::steady_clock::now();
    std::uint64_t now = pool->claim.load(std::memory_order_acquire);
    while (now == seen && ++spins < patience) {
      pause();
      if (spins % kPatience == 0) std::this_thread::yield();
      now = pool->claim.load(std::memory_order_acquire);
    }
    if (now == seen) {
      std::unique_lock<std::mutex> lock(pool->sleep_mutex);
      pool->sleepers.fetch_add(1);
      pool->wake.wait(lock, [&] { return (now = pool->claim.load()) != seen; });
      pool->sleepers.fetch_sub(1);
      patience = std::chrono::steady_clock::now() - idle_since < kSoon ? kLongSpins : kSpins;
    }
    seen = now;
  }
}

void start_workers() {
  static bool registered = false;
  if (!registered) {
    registered = true;
    // A forked child has none of the parent's threads; it begins with an empty pool of its own.
    pthread_atfork(nullptr, nullptr, [] { pool = new Pool; });
  }
  while (pool->workers < wanted.load(std::memory_order_relaxed) - 1) {
    std::thread(worker, ++pool->workers).detach();
  }
}

}  // namespace

int thread_count() { return wanted.load(std::memory_order_relaxed); }

void set_thread_count(int count) { wanted.store(count < 1 ? 1 : count, std::memory_order_relaxed); }

void parallel(int chunks, void (*work)(void*, int), void* context, bool wake) {
  // Another Python thread's job is running, or one thread is wanted: do it all here, to the same bits.
  if (chunks < 2 || thread_count() < 2 || !pool->busy.try_lock()) {
    for (int chunk = 0; chunk < chunks; ++chunk) work(context, chunk);
    return;
  }
  start_workers();
  pool->work = work;
  pool->context = context;
  pool->done.store(0, std::memory_order_relaxed);
  std::uint64_t mine = (++pool->jobs << kJobShift) | (static_cast<std::uint64_t>(chunks) << kTotalShift);
  pool->claim.store(mine);
  if (wake && pool->sleepers.load() > 0) {
    // The lock is taken so that a worker between its last look and its sleep does not miss the call.
    { std::lock_guard<std::mutex> lock(pool->sleep_mutex); }
    pool->wake.notify_all();
  }
  while (do_one(mine)) {
  }
  int spins = 0;
  while (pool->done.load(std::memory_order_acquire) < chunks) {
    pause();
    if (++spins % kPatience == 0) std::this_thread::yield();
  }
  pool->busy.unlock();
}

#if defined(__x86_64__)
FlushDenormals::FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(static_cast<unsigned>(before_) | 0x8040); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(static_cast<unsigned>(before_)); }
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
  asm volatile("mrs %0, fpcr" : "=r"(before_));
  asm volatile("msr fpcr, %0" ::"r"(before_ | (1ul << 24)));
}
FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(before_)); }
#else
FlushDenormals::FlushDenormals() : before_(0) {}
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace pellucid
