#include "worker/evaluator/rdms.h"

#include <algorithm>

#include "scoring/base/layer_pattern.h"
#include "scoring/metrics/rdm.h"
#include "worker/evaluator/kept.h"

namespace ventral {
namespace {

Result<RdmKind> KindOf(const std::string& distance) {
  if (distance == "correlation") return RdmKind::kCorrelation;
  if (distance == "cosine") return RdmKind::kCosine;
  if (distance == "euclidean") return RdmKind::kEuclidean;
  return InvalidInput("'" + distance + "' is no distance: correlation, cosine or euclidean");
}

bool Matches(const std::string& pattern, const LayerId& layer) {
  return MatchesLayer(pattern, layer.path) || pattern == layer.ToString();
}

// @error invalid_input names the first pattern that matches no layer, and layers that there are.
Status CheckPatterns(const std::vector<std::string>& patterns, const std::vector<Gram>& grams) {
  for (const std::string& pattern : patterns) {
    const auto matched = [&](const Gram& gram) { return Matches(pattern, gram.layer); };
    if (std::any_of(grams.begin(), grams.end(), matched)) continue;
    std::string there;
    for (std::size_t i = 0; i < std::min<std::size_t>(grams.size(), 20); ++i) {
      there += (i == 0 ? "" : ", ") + grams[i].layer.ToString();
    }
    return InvalidInput("no layer matches '" + pattern + "'; there are " + there +
                        (grams.size() > 20 ? ", …" : ""));
  }
  return Ok{};
}

RdmMessage MakeOne(const Gram& gram, RdmKind kind) {
  RdmMessage message{gram.layer, gram.features, gram.inferred, "", {gram.stimuli(), {}}};
  Result<Rdm> rdm = LayerRdm(gram, kind);
  if (rdm.ok()) {
    message.rdm = std::move(rdm).value();
  } else {
    message.undefined = rdm.error().message;
  }
  return message;
}

}  // namespace

Result<RdmsMessage> MakeRdms(const RdmsRequest& request,
                             const std::function<Status(const RdmMessage&)>& send) {
  VENTRAL_ASSIGN_OR_RETURN(const RdmKind kind, KindOf(request.distance));
  VENTRAL_ASSIGN_OR_RETURN(const KeptExtraction kept,
                           ReadKept(request.grams, Bytes{request.memory_budget_bytes}));
  const std::vector<Gram>& grams = kept.extraction.grams;
  VENTRAL_RETURN_IF_ERROR(CheckPatterns(request.layers, grams));
  for (const Gram& gram : grams) {
    const auto wanted = [&](const std::string& pattern) { return Matches(pattern, gram.layer); };
    if (request.layers.empty() ||
        std::any_of(request.layers.begin(), request.layers.end(), wanted)) {
      VENTRAL_RETURN_IF_ERROR(send(MakeOne(gram, kind)));
    }
  }
  const PlanMessage& plan = kept.extraction.plan;
  return RdmsMessage{kept.head,   request.distance, plan.extractor,
                     plan.device, plan.precision,   plan.preprocessing};
}

}  // namespace ventral
