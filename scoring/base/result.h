// Failure is a value: Result<T> holds a T or an Error, and cannot be ignored.
#ifndef VENTRAL_SCORING_BASE_RESULT_H_
#define VENTRAL_SCORING_BASE_RESULT_H_

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ventral {

// What kind of failure, for callers that must choose what to do next. One file in the server maps
// these to gRPC status codes by a full switch.
enum class ErrorCode {
  kInvalidInput,   // the caller's data is wrong; retrying the same thing cannot succeed
  kNotFound,       // the named thing does not exist
  kConflict,       // the thing exists already, or is in a state that forbids the request
  kLeaseLost,      // the lease token is not the job's current one
  kResourceLimit,  // a stated limit (bytes, memory, count, time) would be passed
  kUnavailable,    // a dependency is away; retrying later can succeed
  kCorruptData,    // stored data does not match its digest or its format
  kPermission,     // the caller may not do this
  kInternal,       // our bug
};

// "invalid_input", "not_found", … as written in DESIGN and in logs.
std::string_view ErrorCodeName(ErrorCode code);

// `message` is for the person who sent the request: it names file, field or row, and what to do.
// `context` is for the operator's log only (SQL state, errno text) and never leaves the server.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string context;

  // "invalid_input: message"; with the context in brackets when there is one.
  std::string ToString() const;
  // The same error with `where` and ": " before its message.
  Error Within(std::string_view where) &&;
};

Error InvalidInput(std::string message);
Error NotFound(std::string message);
Error Conflict(std::string message);
Error LeaseLost(std::string message);
Error ResourceLimit(std::string message);
Error Unavailable(std::string message, std::string context = {});
Error CorruptData(std::string message);
Error Internal(std::string message, std::string context = {});

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}       // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}   // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Requires ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires !ok().
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

struct Ok {};
using Status = Result<Ok>;

}  // namespace ventral

#define VENTRAL_CONCAT_INNER(a, b) a##b
#define VENTRAL_CONCAT(a, b) VENTRAL_CONCAT_INNER(a, b)
// Returns the error of `expression` (a Result) from the enclosing function, if it has one.
#define VENTRAL_RETURN_IF_ERROR(expression)                                       \
  if (auto ventral_status = (expression); !ventral_status.ok())                   \
  return std::move(ventral_status).error()
// VENTRAL_ASSIGN_OR_RETURN(auto x, F()): declares x from a Result, or returns its error.
#define VENTRAL_ASSIGN_OR_RETURN(declaration, expression) \
  VENTRAL_ASSIGN_OR_RETURN_INNER(VENTRAL_CONCAT(ventral_result_, __LINE__), declaration, expression)
#define VENTRAL_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                           \
  if (!result.ok()) return std::move(result).error();                   \
  declaration = std::move(result).value()

#endif  // VENTRAL_SCORING_BASE_RESULT_H_
