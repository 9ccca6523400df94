// Many callers at once on the pool, for ThreadSanitizer: without the interpreter, whose own locks it cannot see.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "../gemm.h"
#include "../pool.h"

using namespace pellucid;

namespace {

struct Product {
  i64 M, N, K;
  std::vector<float> A, B, C;

  Product(i64 m, i64 n, i64 k) : M(m), N(n), K(k), A(m * k), B(k * n), C(m * n) {
    for (std::size_t i = 0; i < A.size(); ++i) A[i] = static_cast<float>(i % 17) - 8;
    for (std::size_t i = 0; i < B.size(); ++i) B[i] = static_cast<float>(i % 13) - 6;
  }

  std::vector<float> compute() {
    Gemm g{};
    g.M = M;
    g.N = N;
    g.K = K;
    g.A = A.data();
    g.lda = K;
    g.B = B.data();
    g.ldb = N;
    g.C = C.data();
    g.ldc = N;
    FlushDenormals flush;
    run_gemm(g);
    return C;
  }
};

}  // namespace

int main() {
  set_thread_count(3);
  const i64 shapes[][3] = {{96, 200, 300}, {1, 500, 2000}, {257, 65, 129}};
  std::vector<std::vector<float>> expected;
  for (const auto& s : shapes) expected.push_back(Product(s[0], s[1], s[2]).compute());
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&, caller] {
      const auto& s = shapes[caller % 3];
      Product product(s[0], s[1], s[2]);
      for (int i = 0; i < 40; ++i) {
        if (caller == 0) set_thread_count(1 + i % 4);
        if (product.compute() != expected[caller % 3]) ++wrong;
      }
    });
  for (std::thread& caller : callers) caller.join();
  std::printf("%d wrong\n", wrong.load());
  return wrong.load() != 0;
}
