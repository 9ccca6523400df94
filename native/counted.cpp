// One number after the other: a key hashes one block, an order draws from one stream. So short that they are not cut.
#include "counted.h"

#include <charconv>
#include <cstring>
#include <utility>

namespace pellucid {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                       0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
constexpr unsigned char sigma[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

inline u64 turned(u64 x, int by) { return x >> by | x << (64 - by); }

inline void mix(u64& a, u64& b, u64& c, u64& d, u64 x, u64 y) {
  a += b + x;
  d = turned(d ^ a, 32);
  c += d;
  b = turned(b ^ c, 24);
  a += b + y;
  d = turned(d ^ a, 16);
  c += d;
  b = turned(b ^ c, 63);
}

// A little-endian word, whatever the machine's order of bytes.
inline u64 word(const unsigned char* at) {
  u64 x = 0;
  for (int i = 0; i < 8; ++i) x |= static_cast<u64>(at[i]) << 8 * i;
  return x;
}

Key blake2b(const char* text, std::size_t size) {
  unsigned char block[128] = {};
  std::memcpy(block, text, size);
  u64 m[16], v[16];
  for (int i = 0; i < 16; ++i) m[i] = word(block + 8 * i);
  for (int i = 0; i < 8; ++i) v[i] = v[i + 8] = iv[i];
  const u64 digest = 16, h0 = iv[0] ^ 0x01010000 ^ digest;
  v[0] = h0;
  v[12] ^= size;
  v[14] = ~v[14];  // the last block
#pragma GCC unroll 12
  for (int r = 0; r < 12; ++r) {
    const unsigned char* s = sigma[r];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  return {h0 ^ v[0] ^ v[8], iv[1] ^ v[1] ^ v[9]};
}

char* written(u64 counter, char* to, char* end) { return std::to_chars(to, end, counter).ptr; }

// (high, low) words of a product.
inline std::pair<u64, u64> product(u64 a, u64 b) {
  __extension__ using u128 = unsigned __int128;
  const u128 p = static_cast<u128>(a) * b;
  return {static_cast<u64>(p >> 64), static_cast<u64>(p)};
}

class Philox {
 public:
  explicit Philox(Key key) : key_(key) {}

  // The next 32 bits: of every word the low half first.
  u32 next() {
    if (at_ == 8) draw();
    const u64 x = words_[at_ / 2];
    return static_cast<u32>(at_++ % 2 ? x >> 32 : x);
  }

 private:
  void draw() {
    u64 a = ++counter_, b = 0, c = 0, d = 0;  // counters of a stream never reach their second word
    Key k = key_;
    for (int r = 0; r < 10; ++r) {
      const auto p = product(0xD2E7470EE14C6C93, a), q = product(0xCA5A826395121157, c);
      a = q.first ^ b ^ k.low;
      c = p.first ^ d ^ k.high;
      b = q.second;
      d = p.second;
      k.low += 0x9E3779B97F4A7C15;
      k.high += 0xBB67AE8584CAA73B;
    }
    words_[0] = a;
    words_[1] = b;
    words_[2] = c;
    words_[3] = d;
    at_ = 0;
  }

  Key key_;
  u64 counter_ = 0, words_[4] = {};
  int at_ = 8;
};

}  // namespace

KeyText::KeyText(const char* prefix, std::size_t size) : size_(size) { std::memcpy(text_, prefix, size); }

Key KeyText::key(std::uint64_t a) const {
  char text[most];
  std::memcpy(text, text_, size_);
  return blake2b(text, static_cast<std::size_t>(written(a, text + size_, text + most) - text));
}

Key KeyText::key(std::uint64_t a, std::uint64_t b) const {
  char text[most];
  std::memcpy(text, text_, size_);
  char* at = written(a, text + size_, text + most);
  *at++ = '/';
  return blake2b(text, static_cast<std::size_t>(written(b, at, text + most) - text));
}

void permutation(Key key, i64 rows, i64* out) {
  for (i64 i = 0; i < rows; ++i) out[i] = i;
  Philox draws(key);
  u32 mask = 0;
  for (u64 most = rows > 1 ? static_cast<u64>(rows - 1) : 0; mask < most;) mask = mask << 1 | 1;
  for (i64 i = rows - 1; i > 0; --i) {
    const u32 most = static_cast<u32>(i);
    if (most <= mask >> 1) mask >>= 1;
    u32 j = draws.next() & mask;
    while (j > most) j = draws.next() & mask;
    std::swap(out[i], out[j]);
  }
}

}  // namespace pellucid
