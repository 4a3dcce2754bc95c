#include "scoring/network/layer_selection.h"

#include <algorithm>
#include <map>
#include <set>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr char kSequential[] = "torch.nn.modules.container.Sequential";

// Modules nested deeper are no blocks: the file is hostile, and the walk calls itself.
constexpr std::ptrdiff_t kDeepest = 64;

// One name of a path, with all that is below it.
struct Branch {
  const CalledModule* module = nullptr;  // none: never called itself, such as nn.ModuleList
  std::map<std::string, Branch> children;
};

bool IsContainer(const Branch& branch) {
  return branch.module == nullptr || branch.module->module_class == kSequential;
}

// Classes of the modules at and below `branch` that have modules in them and are no containers.
void CountClasses(const Branch& branch, std::map<std::string, int>& counts) {
  if (!IsContainer(branch) && !branch.children.empty()) ++counts[branch.module->module_class];
  for (const auto& [name, child] : branch.children) CountClasses(child, counts);
}

class BlockWalk {
 public:
  explicit BlockWalk(std::span<const CalledModule> modules) {
    for (const CalledModule& module : modules) Place(module);
    for (const auto& [name, child] : root_.children) CountClasses(child, counts_);
  }

  std::set<const CalledModule*> Run() {
    Visit(root_);
    return std::move(blocks_);
  }

 private:
  void Place(const CalledModule& module) {
    if (std::count(module.path.begin(), module.path.end(), '.') >= kDeepest) return;
    Branch* at = &root_;
    std::string_view rest = module.path;
    while (!rest.empty()) {
      const std::string_view name = rest.substr(0, rest.find('.'));
      // torch.nn.utils.parametrize computes weights in modules of its own.
      if (name == "parametrizations") return;
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      at = &at->children[std::string(name)];
    }
    if (at != &root_) at->module = &module;
  }

  bool IsOpened(const Branch& branch) const {
    if (IsContainer(branch)) return true;
    const auto own = counts_.find(branch.module->module_class);
    if (own != counts_.end() && own->second > 1) return false;
    std::map<std::string, int> below;
    for (const auto& [name, child] : branch.children) CountClasses(child, below);
    return std::any_of(below.begin(), below.end(), [](const auto& at) { return at.second > 1; });
  }

  void Visit(const Branch& branch) {
    for (const auto& [name, child] : branch.children) {
      if (child.module != nullptr && !child.module->has_parameters) continue;
      if (IsOpened(child)) {
        Visit(child);
      } else {
        blocks_.insert(child.module);
      }
    }
  }

  Branch root_;
  std::map<std::string, int> counts_;
  std::set<const CalledModule*> blocks_;
};

std::vector<std::string> MatchedLayers(std::span<const ModuleLayers> modules,
                                       const std::vector<std::string>& patterns) {
  std::vector<std::string> layers;
  std::set<std::string> matching;  // patterns
  for (const ModuleLayers& module : modules) {
    for (const std::string& layer : module.layers) {
      bool matched = false;
      for (const std::string& pattern : patterns) {
        if (!MatchesLayer(pattern, layer)) continue;
        matched = true;
        matching.insert(pattern);
      }
      if (matched) layers.push_back(layer);
    }
  }
  for (const std::string& pattern : patterns) {
    if (!matching.contains(pattern))
      throw Refusal("no layer of the network matches '" + pattern + "'");
  }
  return layers;
}

std::vector<std::string> BlockLayers(std::span<const ModuleLayers> modules) {
  std::vector<CalledModule> called;
  for (const ModuleLayers& module : modules) called.push_back(module.module);
  std::vector<std::string> layers;
  std::vector<std::int64_t> steps;
  for (const std::size_t block : ChooseBlocks(called)) {
    if (modules[block].layers.empty()) continue;
    layers.push_back(modules[block].layers.front());
    steps.push_back(modules[block].steps);
  }
  if (layers.empty()) {
    throw Refusal(
        "ventral.json names no layers, and the network has no block with parameters whose output "
        "could be one; export it with layers=[…]");
  }
  std::vector<std::string> picked;
  for (const std::size_t at : PickEvenly(steps)) picked.push_back(layers[at]);
  return picked;
}

}  // namespace

std::vector<std::string> SelectLayers(std::span<const ModuleLayers> modules,
                                      const LayerSelection& selection) {
  if (selection.kind == LayerSelection::Kind::kNamed) return selection.names;
  if (selection.kind == LayerSelection::Kind::kPatterns)
    return MatchedLayers(modules, selection.names);
  std::vector<std::string> layers = BlockLayers(modules);
  for (const std::string& name : selection.names) {
    if (std::find(layers.begin(), layers.end(), name) == layers.end()) layers.push_back(name);
  }
  return layers;
}

std::vector<std::size_t> ChooseBlocks(std::span<const CalledModule> modules) {
  const auto blocks = BlockWalk(modules).Run();
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    if (blocks.contains(&modules[i])) chosen.push_back(i);
  }
  return chosen;
}

std::vector<std::size_t> PickEvenly(std::span<const std::int64_t> steps) {
  std::vector<std::size_t> picked;
  for (auto count = std::min<std::size_t>(steps.size(), kMostDefaultLayers); count > 0; --count) {
    picked.clear();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t last = steps.size() - 1;
      // Rounded to the nearest; the last alone where there is room for one.
      picked.push_back(count == 1 ? last : (i * last * 2 + count - 1) / (2 * (count - 1)));
      sum += steps[picked.back()];
    }
    if (sum <= kMostDefaultLayers) break;
  }
  return picked;
}

}  // namespace ventral
