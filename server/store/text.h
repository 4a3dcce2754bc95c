// Text on its way into PostgreSQL, which takes UTF-8 without NUL. libpq would cut a parameter at a
// NUL.
#ifndef VENTRAL_SERVER_STORE_TEXT_H_
#define VENTRAL_SERVER_STORE_TEXT_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scoring/base/result.h"

namespace ventral::store {

// Well-formed UTF-8 (RFC 3629) without NUL.
bool IsText(std::string_view bytes);
// @error invalid_input names the first field that is no text.
Status CheckTexts(std::initializer_list<std::pair<const char*, std::string_view>> fields);

// For logs and messages of programs that may write anything: never refused, each byte that is no
// text becomes '?'. At most `max_bytes` of the start or of the end, cut between characters.
enum class Keep { kStart, kEnd };
std::string CleanText(std::string_view bytes, std::size_t max_bytes, Keep keep);

// 8-4-4-4-12 lower-case hexadecimal characters.
bool IsUuid(std::string_view text);

// A PostgreSQL array of texts, such as {"a","b \"quoted\"",NULL}.
std::string TextArray(const std::vector<std::optional<std::string>>& elements);
std::string TextArray(const std::vector<std::string>& elements);

// The shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity" as
// PostgreSQL has it.
std::string NumberText(double value);
// @error corrupt_data if `text` is no number.
Result<double> ParseNumber(std::string_view text);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_TEXT_H_
