#include "server/service/worker_node.h"

#include <algorithm>

#include "server/service/convert.h"
#include "server/service/names.h"

namespace ventral::service {
namespace {

constexpr std::size_t kLongestText = 100;  // bytes of a version or a device
constexpr std::size_t kLongestReason = 500;
constexpr std::size_t kLongestLayer = 64;
constexpr int kMostDevices = 64;
constexpr int kMostLayers = 16;

Status CheckText(const std::string& text, std::size_t longest) {
  if (!text.empty() && text.size() <= longest) return Ok{};
  return InvalidInput("has " + std::to_string(text.size()) + " bytes; 1 to " +
                      std::to_string(longest) + " are allowed");
}

Status CheckCount(std::size_t count, std::size_t least, std::size_t most) {
  if (count >= least && count <= most) return Ok{};
  return InvalidInput("has " + std::to_string(count) + " entries; " + std::to_string(least) +
                      " to " + std::to_string(most) + " are allowed");
}

Status CheckLayer(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (plain && !name.empty() && name.size() <= kLongestLayer) return Ok{};
  return InvalidInput("names of layers have 1 to 64 lower-case letters, digits and '_'");
}

Status CheckDevices(const v1::WorkerNode& node) {
  VENTRAL_RETURN_IF_ERROR(CheckCount(node.devices().size(), 1, kMostDevices));
  for (const auto& device : node.devices()) {
    VENTRAL_RETURN_IF_ERROR(CheckText(device, kLongestText));
  }
  return Ok{};
}

Status CheckSandbox(const v1::WorkerNode& node) {
  VENTRAL_RETURN_IF_ERROR(CheckCount(node.sandbox().size(), 0, kMostLayers));
  for (const auto& layer : node.sandbox()) VENTRAL_RETURN_IF_ERROR(CheckLayer(layer));
  return Ok{};
}

Status CheckMissing(const v1::WorkerNode& node) {
  VENTRAL_RETURN_IF_ERROR(CheckCount(node.missing().size(), 0, kMostLayers));
  for (const auto& [layer, reason] : node.missing()) {
    VENTRAL_RETURN_IF_ERROR(CheckLayer(layer));
    VENTRAL_RETURN_IF_ERROR(CheckText(reason, kLongestReason));
  }
  return Ok{};
}

Status CheckMemory(std::int64_t bytes) {
  if (bytes >= 0) return Ok{};
  return InvalidInput("is negative; 0 says nothing");
}

}  // namespace

Result<store::WorkerRow> FromProto(const std::string& worker, const v1::WorkerNode& node,
                                   const std::string& field, Call& call) {
  VENTRAL_RETURN_IF_ERROR(call.Check(field + ".version", CheckText(node.version(), kLongestText)));
  VENTRAL_RETURN_IF_ERROR(call.Check(field + ".devices", CheckDevices(node)));
  VENTRAL_RETURN_IF_ERROR(call.Check(field + ".sandbox", CheckSandbox(node)));
  VENTRAL_RETURN_IF_ERROR(call.Check(field + ".missing", CheckMissing(node)));
  VENTRAL_RETURN_IF_ERROR(call.Check(field + ".memory_bytes", CheckMemory(node.memory_bytes())));
  store::WorkerRow row;
  row.name = worker;
  row.version = node.version();
  row.devices.assign(node.devices().begin(), node.devices().end());
  row.sandbox.assign(node.sandbox().begin(), node.sandbox().end());
  row.missing.insert(node.missing().begin(), node.missing().end());
  row.memory_bytes = node.memory_bytes();
  return row;
}

v1::Worker ToProto(const store::WorkerRow& row) {
  v1::Worker worker;
  worker.set_name(WorkerName(row.name));
  worker.set_worker(row.name);
  v1::WorkerNode& node = *worker.mutable_node();
  node.set_version(row.version);
  node.mutable_devices()->Assign(row.devices.begin(), row.devices.end());
  node.mutable_sandbox()->Assign(row.sandbox.begin(), row.sandbox.end());
  node.mutable_missing()->insert(row.missing.begin(), row.missing.end());
  node.set_memory_bytes(row.memory_bytes);
  for (const auto& job : row.jobs) worker.add_jobs(JobName(job));
  *worker.mutable_first_seen_time() = ToTimestamp(row.first_seen);
  *worker.mutable_last_seen_time() = ToTimestamp(row.last_seen);
  worker.set_unseen_seconds(row.unseen.count());
  return worker;
}

}  // namespace ventral::service
