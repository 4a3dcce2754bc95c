// Pages that end by their bytes, too: in the statement, so that no more is fetched.
#ifndef VENTRAL_SERVER_STORE_PAGE_BYTES_H_
#define VENTRAL_SERVER_STORE_PAGE_BYTES_H_

#include <cstddef>
#include <pqxx/pqxx>

namespace ventral::store {

// A table of the first of `rows`, a statement whose rows have `bytes`, the length of what they hold
// as text: as many as have 4 MiB together, and one at least. `order` is theirs. No message takes
// more than four times the bytes of its JSON (of lists of one-digit numbers), so that an answer
// has some 16 MiB at most, unless it is of one row. Column `found`: how many rows there were.
#define VENTRAL_WITHIN_BYTES(rows, order)                                 \
  " (SELECT * FROM ("                                                     \
  "SELECT *, count(*) OVER () AS found, sum(bytes) OVER (ORDER BY " order \
  " ROWS UNBOUNDED PRECEDING) AS through FROM (" rows                     \
  ") listed) summed"                                                      \
  " WHERE through <= 4194304 OR through = bytes) "

// `found` of such a table, for CutPage.
inline std::size_t FoundIn(const pqxx::result& rows) {
  return rows.empty() ? 0 : rows[0]["found"].as<std::size_t>();
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_PAGE_BYTES_H_
