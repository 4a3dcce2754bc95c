// Plain numbers with a meaning: a Seconds cannot be passed where Bytes are wanted.
#ifndef VENTRAL_SCORING_BASE_UNITS_H_
#define VENTRAL_SCORING_BASE_UNITS_H_

#include <compare>
#include <cstdint>

namespace ventral {

// The start of a deterministic random stream. Never defaulted: whoever asks for randomness says it.
struct Seed {
  explicit constexpr Seed(std::uint64_t v) : value(v) {}
  std::uint64_t value;
  auto operator<=>(const Seed&) const = default;
};

// A duration in seconds.
struct Seconds {
  explicit constexpr Seconds(double v) : value(v) {}
  double value;
  auto operator<=>(const Seconds&) const = default;
};

// A size in bytes.
struct Bytes {
  explicit constexpr Bytes(std::uint64_t v) : value(v) {}
  std::uint64_t value;
  auto operator<=>(const Bytes&) const = default;
};

// A share between 0 and 1 (not per cent).
struct Fraction {
  explicit constexpr Fraction(double v) : value(v) {}
  double value;
  auto operator<=>(const Fraction&) const = default;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_UNITS_H_
