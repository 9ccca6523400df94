#include "scratch.h"

#include <cstdlib>
#include <new>

namespace pellucid {
namespace {

struct Block {
  float* data = nullptr;
  i64 size = 0;
  ~Block() { std::free(data); }
};
thread_local Block block;

}  // namespace

float* scratch(i64 floats) {
  if (block.size < floats) {
    std::free(block.data);
    block.data = nullptr;
    block.size = 0;
    const std::size_t bytes = (static_cast<std::size_t>(floats) * sizeof(float) + 63) / 64 * 64;
    block.data = static_cast<float*>(std::aligned_alloc(64, bytes));
    if (!block.data) throw std::bad_alloc();
    block.size = floats;
  }
  return block.data;
}

}  // namespace pellucid
