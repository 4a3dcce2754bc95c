#include "scoring/pack/stimulus_table.h"

#include <csv.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "scoring/pack/pack.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace {

constexpr std::size_t kMaxField = 4096;

std::string Row(std::int64_t row) { return "row " + std::to_string(row); }

// Takes rows as libcsv finds them; the first error stops the taking.
class Table {
 public:
  Table(std::int64_t max_stimuli, StimulusColumns* columns)
      : max_stimuli_(max_stimuli), others_(columns) {}

  void AddField(std::string_view field) {
    if (fields_.size() <= kMaxField) fields_.emplace_back(field.substr(0, kMaxField + 1));
  }
  void EndRow() {
    if (!error_) {
      Status taken = row_ == 1 ? TakeHeader() : TakeRow();
      if (!taken.ok()) error_ = std::move(taken).error();
    }
    fields_.clear();
    ++row_;
  }
  std::int64_t row() const { return row_; }
  Result<std::vector<StimulusRow>> Finish() && {
    if (error_) return *std::move(error_);
    if (columns_ == 0) return InvalidInput("has no header; the first row must name the columns");
    return std::move(rows_);
  }

 private:
  Status TakeHeader() {
    columns_ = fields_.size();
    for (const char* name : {"stimulus_id", "file"}) {
      if (std::count(fields_.begin(), fields_.end(), name) != 1) {
        return InvalidInput(Row(1) + ": the header must name the column '" + name + "' once");
      }
    }
    const auto place = [&](const char* name) {
      return static_cast<std::size_t>(std::find(fields_.begin(), fields_.end(), name) -
                                      fields_.begin());
    };
    id_column_ = place("stimulus_id");
    file_column_ = place("file");
    header_ = fields_;
    return Ok{};
  }

  Status TakeRow() {
    if (static_cast<std::int64_t>(rows_.size()) == max_stimuli_) {
      return ResourceLimit("has more than " + std::to_string(max_stimuli_) + " stimuli");
    }
    if (fields_.size() != columns_) {
      return InvalidInput(Row(row_) + " has " + std::to_string(fields_.size()) +
                          " fields and the header has " + std::to_string(columns_));
    }
    const std::string& id = fields_[id_column_];
    if (id.empty() || id.size() > 200 || !IsPlainText(id)) {
      return InvalidInput(Row(row_) + ": stimulus_id must be 1 to 200 bytes of plain UTF-8");
    }
    if (!ids_.insert(id).second) {
      return InvalidInput(Row(row_) + ": stimulus_id '" + id + "' stands twice");
    }
    if (auto path = CheckPackPath(fields_[file_column_]); !path.ok()) {
      return std::move(path).error().Within(Row(row_));
    }
    TakeOthers();
    rows_.push_back({id, fields_[file_column_]});
    return Ok{};
  }

  void TakeOthers() {
    if (others_ == nullptr) return;
    for (std::size_t c = 0; c < columns_; ++c) {
      const std::string& name = header_[c];
      if (c == id_column_ || c == file_column_ || name.empty() || !IsPlainText(name)) continue;
      if (std::count(header_.begin(), header_.end(), name) > 1) continue;
      (*others_)[name].push_back(fields_[c]);
    }
  }

  std::int64_t max_stimuli_;
  StimulusColumns* others_;  // may be nullptr
  std::int64_t row_ = 1;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  std::size_t columns_ = 0, id_column_ = 0, file_column_ = 0;
  std::set<std::string> ids_;
  std::vector<StimulusRow> rows_;
  std::optional<Error> error_;
};

// libcsv is C: nothing may be thrown through it, and running out of memory ends the process anyway.
void OnField(void* field, std::size_t bytes, void* table) noexcept {
  const auto* text = static_cast<const char*>(field);
  static_cast<Table*>(table)->AddField(text == nullptr ? std::string_view()
                                                       : std::string_view(text, bytes));
}
void OnRow(int, void* table) noexcept { static_cast<Table*>(table)->EndRow(); }

Result<std::vector<StimulusRow>> Parse(std::string_view csv, std::int64_t max_stimuli,
                                       StimulusColumns* columns) {
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return Internal("libcsv: csv_init");
  const std::unique_ptr<csv_parser, void (*)(csv_parser*)> release(&parser, csv_free);
  Table table(max_stimuli, columns);
  const bool read = csv_parse(&parser, csv.data(), csv.size(), OnField, OnRow, &table) ==
                        csv.size() &&
                    csv_fini(&parser, OnField, OnRow, &table) == 0;
  if (!read) {
    return InvalidInput(Row(table.row()) + ": " + csv_strerror(csv_error(&parser)) +
                        " (quotes must enclose a whole field and be doubled inside)");
  }
  return std::move(table).Finish();
}

}  // namespace

Result<std::vector<StimulusRow>> ParseStimulusTable(std::string_view csv, std::int64_t max_stimuli,
                                                    std::string_view name,
                                                    StimulusColumns* columns) {
  auto rows = Parse(csv, max_stimuli, columns);
  if (!rows.ok()) return std::move(rows).error().Within(name);
  return rows;
}

}  // namespace ventral
