// A metric's options, read by name and type; what is unknown or out of range is refused by name.
#ifndef VENTRAL_SCORING_METRICS_OPTION_READER_H_
#define VENTRAL_SCORING_METRICS_OPTION_READER_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/options.h"
#include "scoring/base/result.h"

namespace ventral {

class OptionReader {
 public:
  explicit OptionReader(const Options& options) : options_(options) {}

  // Each names an option that exists; absent ones have the default.
  std::int64_t Integer(const char* name, std::int64_t absent, std::int64_t least,
                       std::int64_t most);
  double Number(const char* name, double absent, double least, double most);
  std::string Choice(const char* name, const char* absent, const std::vector<std::string>& allowed);
  // Not empty; absent: empty.
  std::string ColumnName(const char* name);
  // All finite and above 0; at least one.
  std::vector<double> Positives(const char* name, const std::vector<double>& absent);
  bool Has(const char* name) const { return options_.count(name) > 0; }

  // After all were read. @error invalid_input names the first bad option, or the unknown one and
  // lists
  //   those that exist.
  Status Finish() const;

 private:
  const OptionValue* Find(const char* name);
  void Fail(const char* name, const std::string& wanted);

  const Options& options_;
  std::set<std::string> known_;
  Status status_ = Ok{};
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_OPTION_READER_H_
