#include "server/service/kept_back.h"

#include <algorithm>

namespace ventral::service {
namespace {

std::string Said(const std::string& pack) {
  return "pack " + pack + " is private: what the run said is in its worker's log";
}

}  // namespace

Result<std::string> PrivatePackOf(const std::string& job, store::Store& store) {
  const auto found = store.jobs().Get(job);
  if (!found.ok() && found.error().code == ErrorCode::kNotFound) return std::string();
  if (!found.ok()) return found.error();
  VENTRAL_ASSIGN_OR_RETURN(const auto policy,
                           store.CatalogueFor(store::Everything())->PolicyOfPack(found->pack));
  return policy.is_private ? found->pack : std::string();
}

void KeepBack(const std::string& private_pack, store::AttemptFailure& failure) {
  if (private_pack.empty()) return;
  failure.failure.message = Said(private_pack);
  failure.failure.needed_memory_bytes = 0;
  failure.log_tail.clear();
}

void KeepBackLog(const std::string& private_pack, std::string& log_tail) {
  if (!private_pack.empty()) log_tail = Said(private_pack);
}

void KeepBack(const std::string& private_pack, v1::Provenance& provenance) {
  if (private_pack.empty()) return;
  provenance.clear_passes();
  provenance.clear_extractor_peak_bytes();
  provenance.clear_evaluator_peak_bytes();
}

void KeepBack(const std::string& private_pack, store::ProgressRow& progress) {
  if (private_pack.empty()) return;
  progress.message.clear();
  if (progress.total <= 0) return;
  const double part = static_cast<double>(progress.done) / static_cast<double>(progress.total);
  progress.done = static_cast<std::int64_t>(100 * std::clamp(part, 0.0, 1.0));
  progress.total = 100;
}

}  // namespace ventral::service
