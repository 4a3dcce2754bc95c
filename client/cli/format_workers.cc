#include "client/cli/format.h"
#include "client/cli/table.h"
#include "worker/sandbox/layers.h"

namespace ventral::cli {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What a run may take there; "" where it does not say.
std::string Memory(const v1::WorkerNode& node) {
  return node.memory_bytes() > 0 ? ByteSize(node.memory_bytes()) : "";
}

std::string Sandbox(const v1::WorkerNode& node) {
  const SandboxReport report{{node.sandbox().begin(), node.sandbox().end()},
                             {node.missing().begin(), node.missing().end()}};
  return report.active.empty() ? "none" + report.ToString() : report.ToString();
}

}  // namespace

std::string Ago(std::int64_t seconds) {
  if (seconds <= 0) return "now";
  if (seconds < 120) return std::to_string(seconds) + " s ago";
  if (seconds < 120 * 60) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h ago";
  return std::to_string(seconds / (24 * 3600)) + " d ago";
}

std::string FormatWorkers(const v1::ListWorkersResponse& workers) {
  Table table({{"WORKER"},
               {"DEVICES"},
               {"VERSION"},
               {"MEMORY", Table::Align::kRight},
               {"JOBS", Table::Align::kRight},
               {"LAST SEEN"},
               {"SANDBOX"}});
  for (const auto& worker : workers.workers()) {
    table.Add({worker.worker(), Joined(worker.node().devices()), worker.node().version(),
               Memory(worker.node()), std::to_string(worker.jobs_size()),
               Ago(worker.unseen_seconds()), Sandbox(worker.node())});
  }
  return table.empty() ? "" : table.Text();
}

}  // namespace ventral::cli
