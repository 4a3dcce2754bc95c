// One published file over HTTPS, through libcurl.
#ifndef VENTRAL_SCORING_PACK_BUILD_DOWNLOAD_H_
#define VENTRAL_SCORING_PACK_BUILD_DOWNLOAD_H_

#include <filesystem>

#include "scoring/base/result.h"
#include "scoring/pack/build/recipe.h"

namespace ventral {

// `folder`/<sha256>: fetched if it is not there, and there only with the right size and SHA-256.
// HTTPS alone, also after redirects, of which there may be five. Certificates are those of the
// system, or of the file that the environment variable SSL_CERT_FILE names.
// @error unavailable if the server cannot be reached or answers with an error.
// @error corrupt_data if other bytes come than `source` states, naming both.
Result<std::filesystem::path> Download(const SourceFile& source,
                                       const std::filesystem::path& folder);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_DOWNLOAD_H_
