#include "isa.h"

#include <cstring>
#include <string>

namespace pellucid {
namespace {

struct Named {
  Isa isa;
  const char* name;
};
constexpr Named kWidestFirst[] = {{Isa::avx512, "avx512"}, {Isa::avx2, "avx2"}, {Isa::baseline, "baseline"}};

bool runs(Isa isa) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == Isa::avx2) return avx2;
  if (isa == Isa::avx512)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#endif
  return isa == Isa::baseline;
}

Isa widest() {
  for (const Named& n : kWidestFirst)
    if (runs(n.isa)) return n.isa;
  return Isa::baseline;
}

Isa active = widest();

}  // namespace

Isa isa() { return active; }

bool choose_isa(const char* name) {
  for (const Named& n : kWidestFirst)
    if (runs(n.isa) && std::strcmp(n.name, name) == 0) {
      active = n.isa;
      return true;
    }
  return false;
}

const char* isa_name() {
  for (const Named& n : kWidestFirst)
    if (n.isa == active) return n.name;
  return "";
}

const char* available_isas() {
  static const std::string names = [] {
    std::string text;
    for (const Named& n : kWidestFirst)
      if (runs(n.isa)) text += (text.empty() ? "" : ",") + std::string(n.name);
    return text;
  }();
  return names.c_str();
}

}  // namespace pellucid
