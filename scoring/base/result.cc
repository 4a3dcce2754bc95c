#include "scoring/base/result.h"

namespace ventral {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput: return "invalid_input";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kLeaseLost: return "lease_lost";
    case ErrorCode::kResourceLimit: return "resource_limit";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kCorruptData: return "corrupt_data";
    case ErrorCode::kPermission: return "permission";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

std::string Error::ToString() const {
  std::string text = std::string(ErrorCodeName(code)) + ": " + message;
  if (!context.empty()) text += " [" + context + "]";
  return text;
}

Error Error::Within(std::string_view where) && {
  message = std::string(where) + ": " + message;
  return std::move(*this);
}

Error InvalidInput(std::string message) { return {ErrorCode::kInvalidInput, std::move(message), {}}; }
Error NotFound(std::string message) { return {ErrorCode::kNotFound, std::move(message), {}}; }
Error Conflict(std::string message) { return {ErrorCode::kConflict, std::move(message), {}}; }
Error LeaseLost(std::string message) { return {ErrorCode::kLeaseLost, std::move(message), {}}; }
Error ResourceLimit(std::string message) { return {ErrorCode::kResourceLimit, std::move(message), {}}; }
Error Unavailable(std::string message, std::string context) {
  return {ErrorCode::kUnavailable, std::move(message), std::move(context)};
}
Error CorruptData(std::string message) { return {ErrorCode::kCorruptData, std::move(message), {}}; }
Error Internal(std::string message, std::string context) {
  return {ErrorCode::kInternal, std::move(message), std::move(context)};
}

}  // namespace ventral
