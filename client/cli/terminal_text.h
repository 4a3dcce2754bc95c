// Text from elsewhere on a terminal: how wide it is, and nothing in it that commands the terminal.
#ifndef VENTRAL_CLIENT_CLI_TERMINAL_TEXT_H_
#define VENTRAL_CLIENT_CLI_TERMINAL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace ventral::cli {

// Well-formed UTF-8 of one line: control characters (C0, DEL, C1), line separators, characters that
// change the direction of writing, and bytes that are no UTF-8 become '?'.
std::string Printable(std::string_view text);
// The same line by line: line feeds stay.
std::string PrintableLines(std::string_view text);

// Columns that a printable UTF-8 text takes: none for a combining mark, two for a wide character.
std::size_t DisplayWidth(std::string_view text);
// At most `columns` wide, the last of them "…" where something is left out.
std::string ShortenedTo(std::size_t columns, const std::string& text);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_TERMINAL_TEXT_H_
