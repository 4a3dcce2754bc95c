// The leaderboard in the plainest way: every cell read from the scores, means and ranks in C++.
// What the pages of the store are held against.
#ifndef VENTRAL_TESTS_DB_LEADERBOARD_REFERENCE_H_
#define VENTRAL_TESTS_DB_LEADERBOARD_REFERENCE_H_

#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace ventral::testing {

struct ReferenceRow {
  std::string model;
  std::int64_t rank = 0;
  double mean = 0;
  std::map<std::string, std::string> cells;  // benchmark → score
  bool operator==(const ReferenceRow&) const = default;
};
std::ostream& operator<<(std::ostream& out, const ReferenceRow& row);

// Of the newest version of each pack, by id.
std::vector<std::string> AllColumns(pqxx::transaction_base& transaction);

// Best first. `columns` in any order.
std::vector<ReferenceRow> ReferenceBoard(pqxx::transaction_base& transaction,
                                         const std::vector<std::string>& columns);

// The same out of the two tables of the leaderboard, as they stand: every cell, with the row's mean
// over all columns; models in their order, without ranks.
std::vector<ReferenceRow> StoredCells(pqxx::transaction_base& transaction);
std::vector<ReferenceRow> ReferenceCells(pqxx::transaction_base& transaction);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_DB_LEADERBOARD_REFERENCE_H_
