#include "heap.h"

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace pellucid {

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr const char* kSettings[] = {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"};
  for (const char* name : kSettings)
    if (std::getenv(name)) return;
  mallopt(M_MMAP_THRESHOLD, 32 << 20);   // larger blocks are given back at once, as before
  mallopt(M_TRIM_THRESHOLD, 256 << 20);  // of free memory at the end of the heap
#endif
}

}  // namespace pellucid
