// What of a private pack stays in the service: whatever a network could make of its stimuli, beside
// the scores.
#ifndef VENTRAL_SERVER_SERVICE_KEPT_BACK_H_
#define VENTRAL_SERVER_SERVICE_KEPT_BACK_H_

#include <string>

#include "server/store/store.h"
#include "ventral/v1/worker.pb.h"

namespace ventral::service {

// The private pack that this job is on; "" where its pack is open, or there is no such job.
Result<std::string> PrivatePackOf(const std::string& job, store::Store& store);

// Each changes nothing where `private_pack` is "".

// "index 1735159650 is out of bounds", and how many features it had: they stay in the worker's log.
void KeepBack(const std::string& private_pack, store::AttemptFailure& failure);
// What a run prints.
void KeepBackLog(const std::string& private_pack, std::string& log_tail);
// Passes and memory follow from how many features there are.
void KeepBack(const std::string& private_pack, v1::Provenance& provenance);
// Words of the extractor; how far it is stays, in percent.
void KeepBack(const std::string& private_pack, store::ProgressRow& progress);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_KEPT_BACK_H_
