#include "client/cli/table.h"

#include <algorithm>

#include "client/cli/terminal_text.h"

namespace ventral::cli {

std::string Table::Text(const std::string& indent) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(Printable(column.title));
  for (const auto& row : rows_) {
    lines.emplace_back();
    for (const std::string& cell : row) lines.back().push_back(Printable(cell));
  }
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      widths[c] = std::max(widths[c], DisplayWidth(line[c]));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string out = indent;
    for (std::size_t c = 0; c < line.size(); ++c) {
      const std::string fill(widths[c] - DisplayWidth(line[c]), ' ');
      out += columns_[c].align == Align::kRight ? fill + line[c] : line[c] + fill;
      if (c + 1 < line.size()) out += "  ";
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
  }
  return text;
}

}  // namespace ventral::cli
