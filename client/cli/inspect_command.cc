#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/commands.h"
#include "client/cli/table.h"
#include "client/cli/terminal_text.h"
#include "client/lib/inspect.h"
#include "client/lib/local_score.h"

namespace ventral::cli {
namespace {

namespace fs = std::filesystem;

struct InspectFlags {
  std::string file, images, activations;
};

// "1.23 M": three digits that count.
std::string Amount(double value) {
  static constexpr std::array kUnits = {"", " k", " M", " G", " T", " P"};
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f" : "%.3g", value);
  return text.data() + std::string(kUnits[unit]);
}

std::string Shape(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t size : shape) text += (text.empty() ? "" : "×") + std::to_string(size);
  return text;
}

std::string Remark(const InspectionLayer& layer) {
  std::string remark = layer.scored ? "scored" : "";
  if (layer.inferred) remark += remark.empty() ? "inferred" : ", inferred";
  if (!layer.problem.empty()) remark = layer.problem;
  return remark;
}

std::string FormatInspection(const InspectionMessage& seen) {
  std::string text;
  for (const auto& [field, value] : seen.model) text += Printable(field + ": " + value) + "\n";
  text += Printable("preprocessing: " + seen.preprocessing) + "\n";
  for (const auto& [region, path] : seen.committed_layers) {
    text += Printable("committed: " + region + " → " + path) + "\n";
  }
  for (const auto& [path, times] : seen.time_map) {
    std::string list;
    for (const double time : times) list += (list.empty() ? "" : ", ") + Amount(time);
    text += Printable("time map: " + path + " at " + list + " ms") + "\n";
  }
  if (seen.least_batch == seen.most_batch) {
    text += "images at once: " + std::to_string(seen.least_batch) + "\n";
  }
  Table table({{"LAYER"},
               {"STEP", Table::Align::kRight},
               {"SHAPE", Table::Align::kRight},
               {"PARAMETERS", Table::Align::kRight},
               {"MULTIPLY-ADDS", Table::Align::kRight},
               {""}});
  for (const InspectionLayer& layer : seen.layers) {
    table.Add({layer.layer.path, std::to_string(layer.layer.step), Shape(layer.shape),
               Amount(static_cast<double>(layer.parameters)), Amount(layer.multiply_adds),
               Remark(layer)});
  }
  text += "\n" + table.Text();
  for (const auto& [call, why] : seen.not_layers) text += Printable(why) + "\n";
  return text + "\n" + Amount(static_cast<double>(seen.parameters)) + " parameters, " +
         Amount(seen.multiply_adds) + " multiply-adds an image; " + Printable(seen.extractor) +
         "\n";
}

// The message, and the file of each activation that was written: "path", "path@2" → name.
std::string AsJson(const InspectionMessage& seen, const std::map<std::string, std::string>& files) {
  nlohmann::json json = nlohmann::json::parse(Encode(seen));
  json["activations"] = files;
  return json.dump(1) + "\n";
}

Status Run(Session& session, const InspectFlags& flags) {
  if (flags.images.empty() != flags.activations.empty())
    return InvalidInput("--images and --activations go together");
  std::map<std::string, std::string> files;
  const auto write = [&](const ActivationMessage& activation) -> Status {
    const std::string name = std::to_string(files.size()) + ".npy";
    files[activation.layer.ToString()] = name;
    return client::WriteNpy(fs::path(flags.activations) / name, activation.shape,
                            activation.values);
  };
  VENTRAL_ASSIGN_OR_RETURN(
      const InspectionMessage seen,
      client::InspectFile(flags.file, flags.images, client::ProgramsBesideThis().extractor, write));
  std::cout << (session.json ? AsJson(seen, files) : FormatInspection(seen)) << std::flush;
  return Ok{};
}

}  // namespace

void AddInspect(CLI::App& app, Session& session) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command = AddCommand(
      app, session, "inspect",
      "Show a checkpoint's layers, or why the service would refuse it: no server is asked",
      "ventral inspect net.pt2\n"
      "ventral inspect net.pt2 --json --images batch.npy --activations DIR",
      [&session, flags] { return Run(session, *flags); });
  command->add_option("file", flags->file, "The .pt2 file")->required();
  command->add_option("--images", flags->images,
                      "An .npy file of float32 [stimulus × 3 × height × width], preprocessed");
  command->add_option("--activations", flags->activations,
                      "A folder that gets every layer's answer to --images, one .npy file each");
}

}  // namespace ventral::cli
