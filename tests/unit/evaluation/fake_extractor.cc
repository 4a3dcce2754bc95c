// An extractor that does what its checkpoint's text says: each way to lie and to die.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "worker/protocol/frame.h"
#include "worker/protocol/messages.h"
#include "worker/protocol/requests.h"
#include "worker/sandbox/confine.h"
#include "worker/sandbox/seal.h"
#include "worker/sandbox/shared_window.h"

namespace ventral {
namespace {

void Send(FrameType type, const std::string& payload) {
  if (!WriteFrame(STDOUT_FILENO, type, payload).ok()) _exit(9);
}

constexpr int kFeaturesOfALayer = 5;

// Features of stimulus i that differ by layer: their Gram is symmetric to the last bit.
Eigen::MatrixXd MakeFeatures(const std::string& path, Eigen::Index stimuli) {
  const auto size = static_cast<Eigen::Index>(path.size());
  Eigen::MatrixXd x(stimuli, kFeaturesOfALayer);
  for (Eigen::Index i = 0; i < stimuli; ++i) {
    for (int f = 0; f < kFeaturesOfALayer; ++f) {
      x(i, f) = static_cast<double>((i * i + 3 * f * f + i * f * size) % 13);
    }
  }
  return x;
}

Gram MakeGram(const std::string& path, Eigen::Index stimuli) {
  const Eigen::MatrixXd x = MakeFeatures(path, stimuli);
  Gram gram{
      {path, 0}, kFeaturesOfALayer, false, Eigen::MatrixXd(stimuli, stimuli), x.rowwise().sum()};
  for (Eigen::Index i = 0; i < stimuli; ++i) {
    for (Eigen::Index j = 0; j < stimuli; ++j) gram.inner(i, j) = x.row(i).dot(x.row(j));
  }
  return gram;
}

// A layer of five features.
PlanLayer Five(const std::string& path) {
  PlanLayer layer;
  layer.layer.path = path;
  layer.features = 5;
  layer.shape = {5};
  return layer;
}

PlanMessage MakePlan() {
  PlanMessage plan;
  plan.layers = {Five("one"), Five("three")};
  plan.passes = 1;
  plan.extractor = "fake";
  plan.device = "cpu";
  plan.precision = "float32";
  plan.preprocessing = "{}";
  return plan;
}

void SendGram(const Gram& gram) { Send(FrameType::kGram, Encode(gram)); }
void SendPlan(const PlanMessage& plan) { Send(FrameType::kPlan, Encode(plan)); }
void SendDone() { Send(FrameType::kDone, Encode(DoneMessage{1e9})); }

using Scenario = std::function<void(const ExtractRequest&)>;

Eigen::Index Stimuli(const ExtractRequest& request) {
  return static_cast<Eigen::Index>(request.stimuli.size());
}

void Honest(const ExtractRequest& request) {
  SendPlan(MakePlan());
  Send(FrameType::kProgress, Encode(ProgressMessage{"extract", 1, 2, "half"}));
  SendGram(MakeGram("three", Stimuli(request)));
  SendGram(MakeGram("one", Stimuli(request)));
  SendDone();
}

// The plan, and then Gram "one" spoilt by `spoil`.
Scenario Spoilt(const std::function<void(Gram&)>& spoil) {
  return [spoil](const ExtractRequest& request) {
    SendPlan(MakePlan());
    Gram gram = MakeGram("one", Stimuli(request));
    spoil(gram);
    SendGram(gram);
    SendGram(MakeGram("three", Stimuli(request)));
    SendDone();
  };
}

// What it can see of its parent: it must be nothing.
void Spy(const ExtractRequest& request) {
  std::string seen;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("VENTRAL_NAMESPACES=")) seen += *variable;
  }
  for (int fd = 3; fd < 256; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) seen += " descriptor " + std::to_string(fd);
  }
  if (request.stimuli.size() != 8) seen += " stimuli";
  for (const std::string& file : request.stimuli) {
    if (file.find("/stimuli/") == std::string::npos) seen += file;
  }
  if (!seen.empty()) {
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kCrash, Internal("saw " + seen)}));
  } else {
    Honest(request);
  }
}

void HalfAGram(const ExtractRequest& request) {
  SendPlan(MakePlan());
  const std::string payload = Encode(MakeGram("one", Stimuli(request)));
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0 || !WriteFrame(pipe_ends[1], FrameType::kGram, payload).ok()) _exit(9);
  std::string frame(payload.size() + 16, '\0');
  const ssize_t whole = read(pipe_ends[0], frame.data(), frame.size());
  if (write(STDOUT_FILENO, frame.data(), static_cast<std::size_t>(whole) / 2) < 0) _exit(9);
}

// What a pack is told whose benchmarks need features: the parts of layers "one" and "three".
struct Part {
  std::string path;
  std::int64_t first = 0, count = 0;
};

SharedWindow WindowOf(const ExtractRequest& request) {
  Result<SharedWindow> window = SharedWindow::Inherit(Bytes{request.feature_window_bytes});
  if (!window.ok()) _exit(9);
  return std::move(window).value();
}

// `wait`: for the room to be free, as it should.
void SendPart(SharedWindow& window, const Part& part, Eigen::Index stimuli, bool wait = true) {
  const Eigen::MatrixXf x = MakeFeatures(part.path, stimuli).cast<float>();
  float* const to = wait ? window.AwaitRoom().data() : const_cast<float*>(window.values().data());
  if (part.first + part.count <= x.cols()) {
    std::copy_n(x.col(part.first).data(), part.count * stimuli, to);
  }
  Send(FrameType::kFeatures, Encode(FeaturesMessage{{part.path, 0}, part.first, part.count}));
}

Scenario Parts(const std::vector<Part>& parts, bool wait = true) {
  return [parts, wait](const ExtractRequest& request) {
    SharedWindow window = WindowOf(request);
    SendPlan(MakePlan());
    for (const Part& part : parts) SendPart(window, part, Stimuli(request), wait);
    SendGram(MakeGram("one", Stimuli(request)));
    SendGram(MakeGram("three", Stimuli(request)));
    SendDone();
  };
}

void AddFeatureScenarios(std::map<std::string, Scenario>& all) {
  const std::vector<Part> whole = {{"one", 0, 5}, {"three", 0, 5}};
  all["features_whole"] = Parts(whole);
  all["features_in_parts"] =
      Parts({{"one", 0, 1}, {"one", 1, 4}, {"three", 0, 2}, {"three", 2, 2}, {"three", 4, 1}});
  all["features_unawaited"] = Parts(whole, false);
  all["features_unpromised"] = Parts({{"surprise", 0, 5}});
  all["features_out_of_order"] = Parts({{"one", 3, 2}, {"one", 0, 3}});
  all["features_overlap"] = Parts({{"one", 0, 3}, {"one", 2, 3}});
  all["features_too_many"] = Parts({{"one", 0, 6}});
  all["features_none"] = Parts({{"one", 0, 0}});
  all["features_missing"] = Parts({{"one", 0, 5}, {"three", 0, 4}});
  all["features_first"] = [](const ExtractRequest& request) {
    SharedWindow window = WindowOf(request);
    SendPart(window, {"one", 0, 5}, Stimuli(request));
  };
  all["features_without_shape"] = [](const ExtractRequest&) {
    PlanMessage plan = MakePlan();
    plan.layers[1].shape.clear();
    SendPlan(plan);
  };
  all["features_unasked"] = [](const ExtractRequest&) {
    SendPlan(MakePlan());
    Send(FrameType::kFeatures, Encode(FeaturesMessage{{"one", 0}, 0, 5}));
  };
  all["features_more_than_the_window"] = [](const ExtractRequest& request) {
    PlanMessage plan = MakePlan();
    plan.layers[0].features = static_cast<std::int64_t>(request.feature_window_bytes);
    plan.layers[0].shape = {plan.layers[0].features};
    SendPlan(plan);
    Send(FrameType::kFeatures,
         Encode(FeaturesMessage{
             {"one", 0}, 0, static_cast<std::int64_t>(request.feature_window_bytes)}));
  };
  all["features_nan"] = [](const ExtractRequest& request) {
    SharedWindow window = WindowOf(request);
    SendPlan(MakePlan());
    window.AwaitRoom()[7] = std::numeric_limits<float>::quiet_NaN();
    Send(FrameType::kFeatures, Encode(FeaturesMessage{{"one", 0}, 0, 5}));
  };
  // It cannot take the memory away from under the evaluator, nor stop it by what it writes there.
  all["features_cut"] = [whole](const ExtractRequest& request) {
    if (ftruncate(kSharedDescriptor, 0) == 0 || ftruncate(kSharedDescriptor, 1 << 30) == 0)
      _exit(9);
    void* const head = mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, kSharedDescriptor, 0);
    if (head == MAP_FAILED) _exit(9);
    *static_cast<volatile std::uint32_t*>(head) = 77;
    Parts(whole, false)(request);
  };
}

[[noreturn]] void Forever() {
  while (true) pause();
}

std::map<std::string, Scenario> Scenarios() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::map<std::string, Scenario> all;
  all["honest"] = Honest;
  all["spy"] = Spy;
  all["keep_phase"] = [](const ExtractRequest&) {
    Send(FrameType::kProgress, Encode(ProgressMessage{kKeepPhase, 0, 1, "nothing was kept"}));
  };
  all["nul_in_path"] = [](const ExtractRequest&) {
    PlanMessage plan = MakePlan();
    plan.layers[0].layer.path = std::string("on\0e", 4);
    SendPlan(plan);
  };
  all["nan"] = Spoilt([nan](Gram& gram) { gram.inner(2, 3) = gram.inner(3, 2) = nan; });
  all["asymmetric"] = Spoilt([](Gram& gram) { gram.inner(0, 1) += 1; });
  all["wrong_size"] = Spoilt([](Gram& gram) { gram = MakeGram("one", gram.stimuli() - 1); });
  all["unpromised"] = Spoilt([](Gram& gram) { gram.layer.path = "surprise"; });
  all["other_features"] = Spoilt([](Gram& gram) { gram.features = 6; });
  all["twice"] = Spoilt([](Gram& gram) { gram.layer.path = "three"; });
  all["constant"] = Spoilt([](Gram& gram) {
    gram.inner.setConstant(5);
    gram.row_sums.setConstant(5);
  });
  all["missing"] = [](const ExtractRequest& request) {
    SendPlan(MakePlan());
    SendGram(MakeGram("one", Stimuli(request)));
    SendDone();
  };
  all["gram_first"] = [](const ExtractRequest& request) {
    SendGram(MakeGram("one", Stimuli(request)));
  };
  all["two_plans"] = [](const ExtractRequest&) {
    SendPlan(MakePlan());
    SendPlan(MakePlan());
  };
  all["wordy"] = [](const ExtractRequest&) {
    Send(FrameType::kProgress, Encode(ProgressMessage{"extract", 1, 2, std::string(1 << 17, 'x')}));
  };
  all["report"] = [](const ExtractRequest&) { Send(FrameType::kReport, "{\"scores\": []}"); };
  all["no_json"] = [](const ExtractRequest&) { Send(FrameType::kPlan, "{\"layers\": [{]}"); };
  all["garbage"] = [](const ExtractRequest&) {
    std::puts("Hello, I am a progress bar, and not a frame at all.");
    std::fflush(stdout);
  };
  all["huge"] = [](const ExtractRequest&) {
    const char header[16] = {'V', 'N', 'T', 'R', 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4, 0};
    if (write(STDOUT_FILENO, header, sizeof header) < 0) _exit(9);
  };
  all["many_layers"] = [](const ExtractRequest&) {
    PlanMessage plan = MakePlan();
    for (int i = 0; i < 3000; ++i) {
      plan.layers.push_back(Five("l" + std::to_string(i)));
    }
    SendPlan(plan);
    Forever();
  };
  all["own_failure"] = [](const ExtractRequest&) {
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kOutOfMemory, ResourceLimit("needs 9 GiB"), 7}));
  };
  // What PlanPasses refuses: it is the evaluator that says what would do.
  all["cannot_plan"] = [](const ExtractRequest&) {
    PlanMessage plan = MakePlan();
    plan.layers[0].features = 100'000'000;
    plan.layers[0].shape = {100, 1000, 1000};
    plan.passes = 0;
    SendPlan(plan);
    Send(FrameType::kFailure,
         Encode(FailureMessage{FailureCause::kOutOfMemory, ResourceLimit("too many passes")}));
  };
  all["boundless"] = [](const ExtractRequest&) {
    PlanMessage plan = MakePlan();
    for (PlanLayer& layer : plan.layers) {
      layer.features = std::numeric_limits<std::int64_t>::max();
      layer.shape = {layer.features};
    }
    plan.activation_bytes = 1;
    plan.passes = 1;
    plan.expected_seconds = -1e300;
    SendPlan(plan);
    Forever();
  };
  all["half_a_gram"] = HalfAGram;
  all["silent"] = [](const ExtractRequest&) { _exit(3); };
  all["killed"] = [](const ExtractRequest&) {
    SendPlan(MakePlan());
    // From the kernel: the first process of a PID namespace cannot kill itself.
    prctl(PR_SET_SECCOMP, 1 /* SECCOMP_MODE_STRICT */);
    getppid();
  };
  all["segv"] = [](const ExtractRequest&) {
    [[maybe_unused]] const int nothing = *static_cast<volatile int*>(nullptr);
  };
  all["refused"] = [](const ExtractRequest&) {
    SendPlan(MakePlan());
    if (!Confine({}).ok() || !Seal({STDOUT_FILENO, false}).ok()) _exit(9);
    open("/etc/passwd", O_RDONLY);
  };
  all["out_of_time"] = [](const ExtractRequest&) {
    if (!Confine({Bytes{0}, Seconds{1}}).ok() || !Seal({STDOUT_FILENO, false}).ok()) _exit(9);
    for (volatile std::uint64_t turns = 0;;) turns = turns + 1;
  };
  AddFeatureScenarios(all);
  all["mute"] = [](const ExtractRequest&) {
    close(STDOUT_FILENO);
    Forever();
  };
  all["forever"] = [](const ExtractRequest& request) {
    std::ofstream(request.checkpoint + ".pid")
        << std::filesystem::read_symlink("/proc/self").string() << '\n';
    SendPlan(MakePlan());
    Send(FrameType::kProgress, Encode(ProgressMessage{"extract", 0, 2, "started"}));
    Forever();
  };
  return all;
}

}  // namespace
}  // namespace ventral

int main() {
  using namespace ventral;
  signal(SIGPIPE, SIG_IGN);
  const auto frame = ReadFrame(STDIN_FILENO, kControlFrameCap);
  if (!frame.ok() || !frame->has_value()) return 8;
  const auto request = DecodeExtractRequest((*frame)->payload);
  if (!request.ok()) return 8;
  std::string word;
  std::ifstream(request->checkpoint) >> word;
  const auto scenarios = Scenarios();
  const auto scenario = scenarios.find(word);
  if (scenario == scenarios.end()) return 7;
  scenario->second(*request);
  return 0;
}
