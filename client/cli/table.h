// Aligned columns for people.
#ifndef VENTRAL_CLIENT_CLI_TABLE_H_
#define VENTRAL_CLIENT_CLI_TABLE_H_

#include <string>
#include <vector>

namespace ventral::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // Requires one cell a column.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Title line, then rows; two spaces between columns, `indent` before each line, none after.
  std::string Text(const std::string& indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Columns of a terminal that a UTF-8 text takes, one a code point.
std::size_t DisplayWidth(const std::string& text);
// Control characters become '?', so that a name from a server cannot command the terminal.
std::string Printable(const std::string& text);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_TABLE_H_
