#include "scratch.h"

#include <cstdlib>
#include <new>

namespace pellucid {
namespace {

struct Block {
  float* data = nullptr;
  i64 size = 0;
  ~Block() { std::free(data); }

  float* of(i64 floats) {
    if (size < floats) {
      std::free(data);
      data = nullptr;
      size = 0;
      const std::size_t bytes = (static_cast<std::size_t>(floats) * sizeof(float) + 63) / 64 * 64;
      data = static_cast<float*>(std::aligned_alloc(64, bytes));
      if (!data) throw std::bad_alloc();
      size = floats;
    }
    return data;
  }
};
thread_local Block of_chunk, of_task;

}  // namespace

float* scratch(i64 floats) { return of_chunk.of(floats); }
float* task_scratch(i64 floats) { return of_task.of(floats); }

}  // namespace pellucid
