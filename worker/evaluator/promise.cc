#include "worker/evaluator/promise.h"

#include <algorithm>

namespace ventral {
namespace {

// Control characters: PostgreSQL has no NUL, and a terminal obeys the others.
Status CheckPlain(const std::string& text, const std::string& what) {
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  };
  if (std::none_of(text.begin(), text.end(), is_control)) return Ok{};
  return InvalidInput(what + " with a control character in it");
}

// These go into the report, and so into a database and onto a page.
Status CheckTexts(const PlanMessage& plan) {
  for (const std::string* text :
       {&plan.extractor, &plan.device, &plan.precision, &plan.preprocessing}) {
    if (text->size() > Promise::kLongestText) {
      return InvalidInput("a text of " + std::to_string(text->size()) + " bytes in the plan");
    }
    VENTRAL_RETURN_IF_ERROR(CheckPlain(*text, "a text in the plan"));
  }
  for (const PlanLayer& layer : plan.layers) {
    if (layer.layer.path.size() > Promise::kLongestText) {
      return InvalidInput("a layer's path of " + std::to_string(layer.layer.path.size()) +
                          " bytes");
    }
    VENTRAL_RETURN_IF_ERROR(CheckPlain(layer.layer.path, "a layer's path"));
  }
  for (const auto& [region, path] : plan.committed_layers) {
    VENTRAL_RETURN_IF_ERROR(CheckPlain(region + path, "a committed layer"));
  }
  return Ok{};
}

// What was kept long ago has no shape.
Status CheckShape(const PlanLayer& layer) {
  if (layer.shape.empty()) return Ok{};
  std::int64_t features = 1;
  bool overflow = false;
  for (const std::int64_t size : layer.shape) {
    overflow |= __builtin_mul_overflow(features, size, &features);
  }
  if (!overflow && features == layer.features) return Ok{};
  return InvalidInput("layer " + layer.layer.ToString() + " has not the shape of " +
                      std::to_string(layer.features) + " features");
}

}  // namespace

Result<Promise> Promise::Make(const PlanMessage& plan, Eigen::Index stimuli) {
  if (plan.layers.empty()) return InvalidInput("the checkpoint has no layer to score");
  if (plan.layers.size() > kMostLayers) {
    return InvalidInput("the checkpoint has " + std::to_string(plan.layers.size()) +
                        " layers, at most " + std::to_string(kMostLayers) +
                        " are scored; export it with layers=[…]");
  }
  VENTRAL_RETURN_IF_ERROR(CheckTexts(plan));
  Promise promise(stimuli);
  promise.layers_ = plan.layers;
  promise.grams_.resize(plan.layers.size());
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const PlanLayer& layer = plan.layers[i];
    if (layer.features < 1)
      return InvalidInput("layer " + layer.layer.ToString() + " has no features");
    VENTRAL_RETURN_IF_ERROR(CheckShape(layer));
    if (!promise.index_.emplace(layer.layer, i).second) {
      return InvalidInput("layer " + layer.layer.ToString() + " is named twice");
    }
  }
  return promise;
}

Status Promise::Take(Gram gram) {
  const auto found = index_.find(gram.layer);
  const std::string who = "layer " + gram.layer.ToString();
  if (found == index_.end()) return InvalidInput(who + " came without being promised");
  const PlanLayer& promised = layers_[found->second];
  if (grams_[found->second]) return InvalidInput(who + " came twice");
  if (gram.features != promised.features || gram.inferred != promised.inferred) {
    return InvalidInput(who + " is not what was promised: " + std::to_string(gram.features) +
                        " features instead of " + std::to_string(promised.features));
  }
  VENTRAL_RETURN_IF_ERROR(CheckGram(gram, stimuli_));
  grams_[found->second] = std::move(gram);
  return Ok{};
}

Result<std::vector<Gram>> Promise::Finish() && {
  std::vector<Gram> all;
  for (std::size_t i = 0; i < grams_.size(); ++i) {
    if (!grams_[i])
      return InvalidInput("layer " + layers_[i].layer.ToString() + " was promised and never came");
    all.push_back(std::move(*grams_[i]));
  }
  return all;
}

}  // namespace ventral
