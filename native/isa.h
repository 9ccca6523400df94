// Which instruction set's kernels run, and how a family of kernels is compiled once for each.
//
// A family has a header with a struct of function pointers, and a source *_kernels.cpp that is compiled for every
// instruction set and ends with PELLUCID_DEFINE_TABLE; PELLUCID_DECLARE_TABLE in the header picks the right one.
#pragma once

#include <cstdint>

namespace pellucid {

using i64 = std::int64_t;

enum class Isa { baseline, avx2, avx512 };

Isa isa();                      // the widest that the processor runs, unless `choose_isa` asked for another
bool choose_isa(const char* name);  // false when this build or this processor does not have it
const char* isa_name();
const char* available_isas();   // those that run here, the widest first, comma-separated

}  // namespace pellucid

#if defined(__x86_64__)
#define PELLUCID_DECLARE_TABLE(type, name)                                 \
  extern const type name##_baseline, name##_avx2, name##_avx512;           \
  inline const type& name() {                                              \
    switch (isa()) {                                                       \
      case Isa::avx512: return name##_avx512;                              \
      case Isa::avx2: return name##_avx2;                                  \
      default: return name##_baseline;                                     \
    }                                                                      \
  }
#else
#define PELLUCID_DECLARE_TABLE(type, name) \
  extern const type name##_baseline;       \
  inline const type& name() { return name##_baseline; }
#endif

#define PELLUCID_JOIN2(a, b) a##_##b
#define PELLUCID_JOIN(a, b) PELLUCID_JOIN2(a, b)
#define PELLUCID_DEFINE_TABLE(type, name) const pellucid::type pellucid::PELLUCID_JOIN(name, PELLUCID_ISA)
