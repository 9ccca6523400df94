// Counted randomness: keys and orders of rows as functions of (text, counters), the same as hashlib and NumPy give.
#pragma once

#include <cstddef>
#include <cstdint>

#include "isa.h"

namespace pellucid {

struct Key {
  std::uint64_t low, high;
};

// Texts "PREFIX" + counter + "/" + counter ..., of at most 128 characters: one block of BLAKE2b.
class KeyText {
 public:
  static constexpr std::size_t most = 128, longest_prefix = 80;
  KeyText(const char* prefix, std::size_t size);  // size <= longest_prefix, which leaves room for two counters
  // The first 16 bytes of BLAKE2b (Aumasson et al., 2013; RFC 7693) of the text with these counters.
  Key key(std::uint64_t a) const;
  Key key(std::uint64_t a, std::uint64_t b) const;

 private:
  char text_[most];
  std::size_t size_;
};

// The permutation of 0 .. rows-1 that NumPy's Generator over Philox 4x64-10 (Salmon et al., 2011) draws with a key:
// Fisher and Yates' exchange from the end, each place drawn by masked bits until one lies in the range.
void permutation(Key key, i64 rows, i64* out);

}  // namespace pellucid
