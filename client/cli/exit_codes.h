// What `ventral` returns to the shell. Stands in every --help; scripts rely on it.
#ifndef VENTRAL_CLIENT_CLI_EXIT_CODES_H_
#define VENTRAL_CLIENT_CLI_EXIT_CODES_H_

#include "scoring/base/result.h"

namespace ventral::cli {

enum ExitCode {
  kSuccess = 0,
  kFailed = 1,         // the job failed or was cancelled; the pack that was checked is none
  kUsage = 2,          // the command line is wrong
  kUnreachable = 3,    // no answer from the server, or it cannot answer now
  kNotThere = 4,       // the named thing does not exist
  kBadInput = 5,       // a file, pack or value is wrong
  kInTheWay = 6,       // it exists already, or its state forbids it
  kOther = 7,          // a limit, damaged data, no permission, our bug
  kInterrupted = 130,  // Ctrl-C while watching; the job goes on
};

inline constexpr char kExitCodesHelp[] =
    "Exit status: 0 done; 1 a job failed or was cancelled, or a pack that was checked is none;\n"
    "2 wrong command line; 3 no answer from the server; 4 not found; 5 bad input;\n"
    "6 exists already, or in a state that forbids it; 7 anything else; 130 interrupted (the job "
    "goes "
    "on).";

inline ExitCode ExitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return kBadInput;
    case ErrorCode::kNotFound:
      return kNotThere;
    case ErrorCode::kConflict:
      return kInTheWay;
    case ErrorCode::kUnavailable:
      return kUnreachable;
    case ErrorCode::kLeaseLost:
    case ErrorCode::kResourceLimit:
    case ErrorCode::kCorruptData:
    case ErrorCode::kPermission:
    case ErrorCode::kInternal:
      return kOther;
  }
  return kOther;
}

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_EXIT_CODES_H_
