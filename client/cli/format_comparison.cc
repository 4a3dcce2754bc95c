#include <cstdio>

#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

constexpr int kMostPairs = 45;  // of ten models; more do not fit a screen

std::string BoundsOf(const v1::Interval& interval) {
  return "[" + Number(interval.lower()) + ", " + Number(interval.upper()) + "]";
}

// "0.012", "<0.001".
std::string P(double p) { return p < 0.0005 ? "<0.001" : Number(p); }

std::string AdjustedP(bool there, const v1::PairedTest& test) {
  return there ? P(test.adjusted_p()) : "";
}

std::string Models(const v1::ModelComparison& comparison) {
  Table table({{"tier", Align::kRight},
               {"model"},
               {"raw", Align::kRight},
               {"interval"},
               {"of ceiling", Align::kRight},
               {"p, not 0", Align::kRight},
               {"p, not the ceiling", Align::kRight}});
  for (const v1::ComparedModel& model : comparison.models()) {
    table.Add({std::to_string(model.tier()), LastPart(model.model()), Number(model.raw()),
               BoundsOf(model.interval()), model.has_normalised() ? Number(model.normalised()) : "",
               AdjustedP(model.has_against_zero(), model.against_zero()),
               AdjustedP(model.has_against_ceiling(), model.against_ceiling())});
  }
  return table.Text();
}

std::string Pairs(const v1::ModelComparison& comparison) {
  if (comparison.pairs().empty()) return "";
  if (comparison.pairs_size() > kMostPairs) {
    return "\n" + std::to_string(comparison.pairs_size()) + " pairs: --json has them\n";
  }
  Table table({{"model"},
               {"less"},
               {"difference", Align::kRight},
               {"interval"},
               {"p", Align::kRight},
               {"adjusted", Align::kRight}});
  for (const v1::ComparedPair& pair : comparison.pairs()) {
    const v1::PairedTest& test = pair.test();
    table.Add({LastPart(pair.model()), LastPart(pair.other()), Number(test.difference()),
               BoundsOf(test.interval()), P(test.p()), P(test.adjusted_p())});
  }
  return "\n" + table.Text();
}

}  // namespace

std::string FormatComparison(const v1::ModelComparison& comparison) {
  std::string text = Printable(comparison.benchmark()) + "\n\n";
  if (comparison.models().empty()) {
    text += "No models to compare.\n";
  } else {
    const v1::Interval& interval = comparison.models(0).interval();
    text +=
        Models(comparison) + Pairs(comparison) +
        "\nIntervals: " + Number(100 * interval.level()).substr(0, 2) + " %, " +
        Printable(interval.method()) +
        "; differences are of the same resamples. p values are two-sided, adjusted for their "
        "number by " +
        Printable(comparison.correction()) +
        ".\nThe best model opens tier 1; one that is told apart from a tier's first (adjusted p "
        "below 0.05) opens the next.\n";
  }
  for (const std::string& note : comparison.notes()) text += "note: " + Printable(note) + "\n";
  return text;
}

}  // namespace ventral::cli
