#include "tests/unit/evaluation/evaluator_process.h"

#include <stdexcept>

#include "tests/support/files.h"
#include "tests/unit/pack/small_pack.h"
#include "worker/protocol/frame.h"

namespace ventral::testing {
namespace {

constexpr int kStimuli = 8;

constexpr char kManifest[] = R"({
  "format": 1, "id": "eight", "version": "1.0.0", "title": "Eight stimuli", "citation": "None",
  "licence": "CC0-1.0", "stimuli": {"file": "stimuli.csv", "count": 8},
  "recordings": [
    {"id": "it", "kind": "rdms", "file": "it.npy", "axes": ["subject", "stimulus", "stimulus"],
     "species": "human", "region": "IT", "modality": "fmri", "units": "1 - r", "subjects": 2}@RECORDING@],
  "benchmarks": [@BENCHMARK@
    {"id": "eight.it.rsa", "recording": "it", "metric": "rsa", "seed": 1, "options": {"bootstrap": 20}}]
})";

constexpr char kUnitsRecording[] = R"(,
    {"id": "v4", "kind": "responses", "file": "v4.npy", "axes": ["stimulus", "neuroid"],
     "species": "macaque", "region": "V4", "modality": "electrophysiology", "units": "spikes/s",
     "subjects": 1})";
constexpr char kUnitsBenchmark[] = R"(
    {"id": "eight.v4.nearest_unit", "recording": "v4", "metric": "nearest_unit", "seed": 1,
     "options": {"bootstrap": 20, "folds": 2}},)";

std::string Manifest(bool units) {
  std::string text = kManifest;
  text.replace(text.find("@RECORDING@"), 11, units ? kUnitsRecording : "");
  text.replace(text.find("@BENCHMARK@"), 11, units ? kUnitsBenchmark : "");
  return text;
}

// [stimulus × neuroid]
std::vector<float> UnitsResponses() {
  std::vector<float> responses;
  for (int i = 0; i < kStimuli; ++i) {
    for (int n = 0; n < 3; ++n) {
      responses.push_back(static_cast<float>((i * i * (n + 1) + 5 * n * i) % 17));
    }
  }
  return responses;
}

}  // namespace

void WriteEightPack(const std::filesystem::path& folder, bool units) {
  WriteFile(folder / "pack.json", Manifest(units));
  if (units) WriteFile(folder / "v4.npy", NpyFloats({kStimuli, 3}, UnitsResponses()));
  std::string table = "stimulus_id,file\n";
  std::vector<float> rdms;
  for (int i = 0; i < kStimuli; ++i) {
    const std::string file = "stimuli/" + std::to_string(i) + ".png";
    table += std::to_string(i) + "," + file + "\n";
    WriteFile(folder / file, SmallPng(4 + i, 5));
  }
  WriteFile(folder / "stimuli.csv", table);
  for (int subject = 0; subject < 2; ++subject) {
    for (int i = 0; i < kStimuli; ++i) {
      for (int j = 0; j < kStimuli; ++j) {
        const int distance = i == j ? 0 : 1 + (i * j + (i + j) * (subject + 3)) % 11;
        rdms.push_back(static_cast<float>(distance));
      }
    }
  }
  WriteFile(folder / "it.npy", NpyFloats({2, kStimuli, kStimuli}, rdms));
}

EvaluateRequest FakeRequest(const std::filesystem::path& scratch, const std::string& scenario) {
  if (!std::filesystem::exists(scratch / "pack")) WriteEightPack(scratch / "pack");
  WriteFile(scratch / (scenario + ".pt2"), scenario);
  EvaluateRequest request;
  request.checkpoint = scratch / (scenario + ".pt2");
  request.pack_directory = scratch / "pack";
  request.extractor = VENTRAL_FAKE_EXTRACTOR;
  request.limits.memory_budget_bytes = 1 << 20;
  return request;
}

EvaluateRequest FakeUnitsRequest(const std::filesystem::path& scratch,
                                 const std::string& scenario) {
  WriteEightPack(scratch / "units", true);
  EvaluateRequest request = FakeRequest(scratch, scenario);
  request.pack_directory = scratch / "units";
  return request;
}

Child StartEvaluator(const std::vector<std::string>& arguments) {
  auto child = Child::Start({std::string(VENTRAL_BIN_DIR) + "/ventral-evaluate", arguments, {}});
  if (!child.ok()) throw std::runtime_error(child.error().ToString());
  return std::move(child).value();
}

EvaluatorAnswer Evaluate(const EvaluateRequest& request) {
  Child child = StartEvaluator();
  EvaluatorAnswer answer;
  if (!WriteFrame(child.to_child(), FrameType::kEvaluateRequest, Encode(request)).ok()) {
    answer.broken = "the request was not taken";
  }
  while (answer.broken.empty()) {
    auto frame = ReadFrame(child.from_child(), kControlFrameCap);
    if (!frame.ok()) answer.broken = frame.error().ToString();
    if (!frame.ok() || !frame->has_value()) break;
    const std::string& payload = (*frame)->payload;
    if (answer.report || answer.failure) answer.broken = "a frame after the last one";
    switch ((*frame)->type) {
      case FrameType::kProgress:
        answer.progress.push_back(DecodeProgress(payload).value());
        break;
      case FrameType::kEstimate:
        if (!answer.progress.empty()) answer.broken = "an estimate of what has begun";
        answer.estimates.push_back(DecodeEstimate(payload).value());
        break;
      case FrameType::kReport:
        answer.report = nlohmann::json::parse(payload);
        break;
      case FrameType::kFailure:
        answer.failure = DecodeFailure(payload).value();
        break;
      default:
        answer.broken = "a frame that an evaluator does not send";
    }
  }
  answer.outcome = child.Wait();
  answer.log = child.LogTail();
  return answer;
}

}  // namespace ventral::testing
