// Distance matrices of kept Grams, made by ventral-evaluate as a child of this process.
#ifndef VENTRAL_CLIENT_LIB_RDMS_H_
#define VENTRAL_CLIENT_LIB_RDMS_H_

#include <filesystem>
#include <functional>

#include "scoring/base/result.h"
#include "worker/protocol/rdm_messages.h"

namespace ventral::client {

using OnRdm = std::function<Status(const RdmMessage&)>;

// Hands over each layer that `request` asks for; `request.grams` may be relative. An error of
// `on_rdm` ends it.
// @error not_found if there is no such file; as the evaluator says it (invalid_input for a file
// that cannot be used), or internal when it died, with how and the end of its log.
Result<RdmsMessage> ComputeRdms(RdmsRequest request, const std::filesystem::path& evaluator,
                                const OnRdm& on_rdm);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_RDMS_H_
