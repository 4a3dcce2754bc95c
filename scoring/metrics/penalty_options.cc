#include "scoring/metrics/penalty_options.h"

#include <algorithm>
#include <string>

namespace ventral {
namespace {

const std::vector<double> kDefaultPenalties = {0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

}  // namespace

Result<Penalties> ReadPenalties(OptionReader& reader, Seed seed, bool for_neuroids) {
  Penalties read;
  read.seed = Seed{seed.value + 1};  // other folds within than without
  if (reader.Has("penalty") && reader.Has("penalties")) {
    return InvalidInput("options penalty and penalties exclude each other");
  }
  read.values = reader.Positives("penalties", kDefaultPenalties);
  const double penalty = reader.Number("penalty", 1, 1e-12, 1e12);
  if (reader.Has("penalty")) read.values = {penalty};
  read.relative =
      reader.Choice("penalty_scale", "absolute", {"absolute", "relative"}) == "relative";
  if (for_neuroids) {
    read.per_neuroid =
        reader.Choice("penalty_for", "all", {"all", "each_neuroid"}) == "each_neuroid";
  }
  const bool kfold =
      reader.Choice("penalty_by", "leave_one_out", {"leave_one_out", "kfold"}) == "kfold";
  const auto folds = static_cast<int>(reader.Integer("penalty_folds", 5, 2, 100));
  if (kfold) read.inner_folds = folds;
  for (const char* option : {"penalty_for", "penalty_by"}) {
    if (reader.Has(option) && reader.Has("penalty")) {
      return InvalidInput(std::string("option ") + option +
                          " means nothing where one penalty is given");
    }
  }
  if (reader.Has("penalty_folds") && !kfold) {
    return InvalidInput("option penalty_folds means nothing where penalty_by is leave_one_out");
  }
  return read;
}

int LeastTrainingFor(const Penalties& penalties) { return std::max(3, 2 * penalties.inner_folds); }

}  // namespace ventral
