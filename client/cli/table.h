// Aligned columns for people.
#ifndef VENTRAL_CLIENT_CLI_TABLE_H_
#define VENTRAL_CLIENT_CLI_TABLE_H_

#include <string>
#include <utility>
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
  // Requires one cell a column. Cells are made Printable.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Title line, then rows; two spaces between columns, `indent` before each line, no space after.
  std::string Text(const std::string& indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_TABLE_H_
