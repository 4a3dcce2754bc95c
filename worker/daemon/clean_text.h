// Bytes that a child wrote, made a text that protobuf and PostgreSQL take.
#ifndef VENTRAL_WORKER_DAEMON_CLEAN_TEXT_H_
#define VENTRAL_WORKER_DAEMON_CLEAN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace ventral {

// Well-formed UTF-8 (RFC 3629) of at most `max_bytes`: the end of `bytes` where it is longer. What
// is ill-formed, and control characters but newline and tab, become '?'.
std::string CleanTail(std::string_view bytes, std::size_t max_bytes);

}  // namespace ventral

#endif  // VENTRAL_WORKER_DAEMON_CLEAN_TEXT_H_
