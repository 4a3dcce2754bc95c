#include "scoring/base/failure_cause.h"

#include <array>

namespace ventral {

std::string_view FailureCauseName(FailureCause cause) {
  switch (cause) {
    case FailureCause::kInvalidCheckpoint:
      return "invalid_checkpoint";
    case FailureCause::kViolation:
      return "violation";
    case FailureCause::kOutOfMemory:
      return "out_of_memory";
    case FailureCause::kTimeout:
      return "timeout";
    case FailureCause::kCrash:
      return "crash";
    case FailureCause::kInfrastructure:
      return "infrastructure";
  }
  return "infrastructure";
}

std::optional<FailureCause> ParseFailureCause(std::string_view name) {
  static constexpr std::array kAll = {
      FailureCause::kInvalidCheckpoint, FailureCause::kViolation, FailureCause::kOutOfMemory,
      FailureCause::kTimeout,           FailureCause::kCrash,     FailureCause::kInfrastructure};
  for (FailureCause cause : kAll) {
    if (FailureCauseName(cause) == name) return cause;
  }
  return std::nullopt;
}

bool IsFinal(FailureCause cause) {
  switch (cause) {
    case FailureCause::kInvalidCheckpoint:
    case FailureCause::kViolation:
      return true;
    case FailureCause::kOutOfMemory:
    case FailureCause::kTimeout:
    case FailureCause::kCrash:
    case FailureCause::kInfrastructure:
      return false;
  }
  return false;
}

}  // namespace ventral
