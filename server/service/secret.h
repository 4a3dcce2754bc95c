// The secret of a token: what its holder sends, and no one else ever has.
#ifndef VENTRAL_SERVER_SERVICE_SECRET_H_
#define VENTRAL_SERVER_SERVICE_SECRET_H_

#include <optional>
#include <string>
#include <string_view>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"

namespace ventral::service {

// So that scanners for leaked secrets can know one.
inline constexpr std::string_view kSecretPrefix = "ventral_";

// The prefix and 256 bits of the kernel's random numbers, hexadecimal. @error internal.
Result<std::string> NewSecret();

// `text` with "ventral_…" wherever it holds a secret, or half of one or more: what is pasted into
// the wrong place must not stay in a log, the audit log or a table.
std::string WithoutSecrets(std::string_view text);
inline bool HoldsSecret(std::string_view text) { return WithoutSecrets(text) != text; }

// Of the secret in "Bearer ventral_…"; nullopt where it has another form.
std::optional<Digest> DigestOfBearer(std::string_view authorization);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_SECRET_H_
