// A look at a checkpoint file, through the program that would run it, as a child of this process.
#ifndef VENTRAL_CLIENT_LIB_INSPECT_H_
#define VENTRAL_CLIENT_LIB_INSPECT_H_

#include <filesystem>
#include <functional>

#include "scoring/base/result.h"
#include "worker/protocol/inspect_messages.h"

namespace ventral::client {

using OnActivation = std::function<Status(const ActivationMessage&)>;

// What ventral-extract finds in `checkpoint`. Where `images` (.npy) is not empty it runs the
// network on them, and `on_activation` hears of every layer. Ignores SIGPIPE from then on; the
// child dies with the calling thread.
// @error not_found or invalid_input if there are no such files; as the extractor says it (a file
//   that the service would refuse, with the same words), or internal when it died, with how and the
//   end of its log; what `on_activation` returns.
Result<InspectionMessage> InspectFile(const std::filesystem::path& checkpoint,
                                      const std::filesystem::path& images,
                                      const std::filesystem::path& extractor,
                                      const OnActivation& on_activation);

// A new .npy file (version 1.0) of float32 in C order. @error unavailable if it cannot be written.
Status WriteNpy(const std::filesystem::path& file, const std::vector<std::int64_t>& shape,
                std::string_view values);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_INSPECT_H_
