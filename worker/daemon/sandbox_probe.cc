#include "worker/daemon/sandbox_probe.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "worker/daemon/clean_text.h"
#include "worker/protocol/json_reader.h"
#include "worker/sandbox/child.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kLongestReport = 16 << 10;
constexpr std::size_t kLongestProbeLog = 1000;
// What a server takes of a worker (WorkerNode in worker_pool.proto).
constexpr std::size_t kMostLayers = 16;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestReason = 500;
// worker/sandbox/layers.h: a process that cannot have these does not run a checkpoint.
constexpr std::array kAlways = {"privileges", "limits", "system_calls"};

// poll(2) for input until the deadline. False when it has passed.
bool Await(int fd, steady_clock::time_point deadline) {
  pollfd waiting{fd, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    const int ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// Everything that it writes, until it closes its end.
Result<std::string> ReadAll(int fd, steady_clock::time_point deadline) {
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    if (!Await(fd, deadline)) return Internal("it did not answer in time");
    const ssize_t got = read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Internal("its answer cannot be read");
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kLongestReport) return Internal("its answer has no end");
  }
}

// The same from a child, which has to end, too.
Result<std::string> Answer(const Child& child, steady_clock::time_point deadline) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child.pid(), 0)));
  VENTRAL_ASSIGN_OR_RETURN(std::string text, ReadAll(child.from_child(), deadline));
  if (process.get() >= 0 && !Await(process.get(), deadline)) {
    return Internal("it answered and did not end in time");
  }
  return text;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

bool IsActive(const SandboxReport& report, std::string_view layer) {
  return std::find(report.active.begin(), report.active.end(), layer) != report.active.end();
}

Status CheckReport(const SandboxReport& report) {
  if (report.active.size() > kMostLayers || report.missing.size() > kMostLayers) {
    return CorruptData("the sandbox report names more layers than there are");
  }
  const Error no_name = CorruptData("the sandbox report holds what is no name of a layer");
  for (const std::string& layer : report.active) {
    if (!IsName(layer)) return no_name;
  }
  for (const auto& [layer, reason] : report.missing) {
    if (!IsName(layer)) return no_name;
    if (IsActive(report, layer)) {
      return CorruptData("the sandbox report has " + layer + " both active and missing");
    }
  }
  for (const char* layer : kAlways) {
    if (!IsActive(report, layer)) {
      return CorruptData("the sandbox report is without " + std::string(layer) +
                         ", without which no checkpoint is run");
    }
  }
  return Ok{};
}

}  // namespace

Result<SandboxReport> ParseSandboxReport(std::string_view json) {
  if (json.size() > kLongestReport) return CorruptData("the sandbox report is too long");
  JsonReader reader = JsonReader::Parse(json, "sandbox report");
  SandboxReport report{reader.Texts("active"), reader.TextMap("missing")};
  VENTRAL_RETURN_IF_ERROR(reader.status());
  VENTRAL_RETURN_IF_ERROR(CheckReport(report));
  for (auto& [layer, reason] : report.missing) {
    reason = reason.empty()
                 ? "no reason given"
                 : CleanTail(std::string_view(reason).substr(0, kLongestReason), kLongestReason);
  }
  return report;
}

Result<SandboxReport> ProbeSandbox(const std::filesystem::path& extractor, milliseconds patience) {
  const std::string who = "asking " + extractor.string() + " for its sandbox";
  const auto deadline = steady_clock::now() + patience;
  auto started = Child::Start({.program = extractor.string(),
                               .arguments = {"--sandbox-report"},
                               .environment = {},
                               .isolate = true});
  if (!started.ok()) return std::move(started).error().Within(who);
  Child child = std::move(started).value();
  child.CloseInput();
  const auto said = Answer(child, deadline);
  if (!said.ok()) child.Kill();
  const ChildOutcome end = child.Wait();
  if (!said.ok()) return Error(said.error()).Within(who);
  if (end.kind != ChildOutcome::Kind::kExited || end.status != 0) {
    return Internal(who + ": it " + end.ToString() +
                    "; its log ends: " + CleanTail(child.LogTail(), kLongestProbeLog));
  }
  auto report = ParseSandboxReport(*said);
  if (!report.ok()) return Internal(who + ": " + report.error().message);
  return report;
}

}  // namespace ventral
