#include "gemm.h"

#include "pool.h"
#include "scratch.h"

namespace pellucid {
namespace {

// Operations of a chunk: 1.5 us. Less gains nothing where two processors share a cache, and on others, where handing
// over is slow, two threads would take half as long again as one (docs/log.md, "small products on one thread").
constexpr i64 kFew = 300000;

i64 up(i64 a, i64 b) { return (a + b - 1) / b; }

// How many pieces C is cut into along M and along N.
struct Cut {
  i64 rows = 1, columns = 1;
};

// The cut whose pieces cost least, in rough cycles of AVX-512, on two threads and, with less weight, on eight. Every
// piece along M copies its B again, every piece along N reads its A again. The number of threads at hand plays no
// part, so that results do not depend on it.
Cut best_cut(const Gemm& g, const GemmKernels& k) {
  if (g.M < 1 || g.N < 1) return {};
  const i64 most = chunks_for(2 * g.M * g.N * g.K, kMostChunks, kFew), units = up(g.N, k.columns);
  Cut best;
  double least = 1e300;
  for (i64 r = 1; r <= most && r <= up(g.M, 4); ++r) {
    const i64 c = most / r < units ? most / r : units;
    const double m = static_cast<double>(up(g.M, r)), n = static_cast<double>(up(units, c) * k.columns);
    const double copy = g.transpose_b ? 0.25 : 0.1;
    const double piece = m * n / 32 + n * copy + m * 0.1;
    const double cost = piece * static_cast<double>(8 * up(r * c, 2) + 4 * up(r * c, 8));
    if (cost < least) {
      least = cost;
      best = {r, c};
    }
  }
  return best;
}

void run_piece(const Gemm& g, const GemmKernels& k, const Cut& cut, i64 piece, i64 need) {
  const i64 row = piece / cut.columns, column = piece % cut.columns, units = up(g.N, k.columns);
  const i64 i = g.M * row / cut.rows, j = units * column / cut.columns * k.columns;
  Gemm part = g;
  part.M = g.M * (row + 1) / cut.rows - i;
  part.N = (column + 1 == cut.columns ? g.N : units * (column + 1) / cut.columns * k.columns) - j;
  part.A += g.transpose_a ? i : i * g.lda;
  part.B += g.transpose_b ? j * g.ldb : j;
  part.C += i * g.ldc + j;
  if (g.bias) part.bias += j;
  k.gemm(part, scratch(need));
}

// A product of pieces; no pieces where it is not wanted.
struct Job {
  Gemm g;
  Cut cut;
  i64 pieces, operations, need;

  Job(const Gemm& g, const GemmKernels& k, bool wanted)
      : g(g), cut(best_cut(g, k)), pieces(wanted ? cut.rows * cut.columns : 0),
        operations(wanted ? 2 * g.M * g.N * g.K : 0), need(k.scratch(g)) {}
};

}  // namespace

void run_gemm(const Gemm& g) { run_gemms(g, {1, 0, 0, 0}); }

// Matrices are cut only where there are fewer of them than chunks.
void run_gemms(const Gemm& g, const Batch& batch) {
  const GemmKernels& k = gemm_kernels();
  const Cut cut = batch.count < kMostChunks ? best_cut(g, k) : Cut{};
  const i64 each = cut.rows * cut.columns, pieces = batch.count * each, need = k.scratch(g);
  const i64 chunks = chunks_for(2 * g.M * g.N * g.K * batch.count, pieces, kFew);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 piece = pieces * chunk / chunks; piece < pieces * (chunk + 1) / chunks; ++piece) {
      Gemm one = g;
      one.A += piece / each * batch.stride_a;
      one.B += piece / each * batch.stride_b;
      one.C += piece / each * batch.stride_c;
      run_piece(one, k, cut, piece % each, need);
    }
  });
}

// One job of the pool: pieces of dX, then pieces of dW, then db.
void run_linear_backward(const LinearBackward& g) {
  const GemmKernels& k = gemm_kernels();
  const Job dx({false, false, g.rows, g.in, g.out, g.dy, g.out, g.W, g.in, g.dx, g.in, nullptr, false}, k, g.dx);
  const Job dW({true, false, g.out, g.in, g.rows, g.dy, g.out, g.x, g.in, g.dW, g.in, nullptr, false}, k, g.dW);
  const i64 products = dx.pieces + dW.pieces, pieces = products + (g.db ? 1 : 0);
  const i64 chunks = chunks_for(dx.operations + dW.operations, pieces, kFew);
  parallel_for(chunks, [&](i64 chunk) {
    for (i64 piece = chunk; piece < pieces; piece += chunks) {
      if (piece < dx.pieces) run_piece(dx.g, k, dx.cut, piece, dx.need);
      else if (piece < products) run_piece(dW.g, k, dW.cut, piece - dx.pieces, dW.need);
      else k.sum_rows(g.dy, g.out, g.rows, g.out, g.db);
    }
  });
}

}  // namespace pellucid
