// Bytes as decisions: what comes after their end is 0.
#ifndef VENTRAL_TESTS_FUZZ_CHOICES_H_
#define VENTRAL_TESTS_FUZZ_CHOICES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace ventral::fuzz {

class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}

  bool Done() const { return bytes_.empty(); }

  std::uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }
  // In [0, most); `most` > 0.
  std::size_t Below(std::size_t most) {
    std::size_t number = Byte();
    if (most > 256) number = number << 8 | Byte();
    if (most > 65536) number = number << 8 | Byte();
    return number % most;
  }
  // Small more often than not; else one of those that break arithmetic.
  std::int64_t Number() {
    static constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    static constexpr std::array<std::int64_t, 16> kOdd = {
        -1,      -2,         7,           64,         255,       65536,     1000003,   1 << 30,
        1 << 24, 2147483647, -2147483648, 4294967296, 1LL << 40, 1LL << 62, least + 1, least};
    const std::uint8_t byte = Byte();
    return byte < 192 ? byte % 6 : kOdd[byte % kOdd.size()];
  }
  double Real() {
    static constexpr std::array<double, 12> kOdd = {0,
                                                    1,
                                                    -1,
                                                    0.5,
                                                    2,
                                                    1e-5,
                                                    1e-30,
                                                    1e30,
                                                    -1e300,
                                                    std::numeric_limits<double>::infinity(),
                                                    std::numeric_limits<double>::quiet_NaN(),
                                                    0.1};
    return kOdd[Below(kOdd.size())];
  }

 private:
  std::string_view bytes_;
};

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_CHOICES_H_
