// Lists by falling number whose tokens name the last row by what its viewer knows of it. The number
// itself would tell how many rows there are that the viewer does not see.
#ifndef VENTRAL_SERVER_STORE_PAGE_ROW_H_
#define VENTRAL_SERVER_STORE_PAGE_ROW_H_

#include <cstdint>
#include <limits>
#include <pqxx/pqxx>
#include <string>
#include <string_view>

#include "server/store/page_token.h"

namespace ventral::store {

// The number that `query` finds for `key`, as ReadPageToken or ReadPageUuid gave it, and `more`;
// the greatest number at the first page. Rows of such lists are never deleted.
// @error invalid_input if there is no such row.
template <typename... More>
Result<std::int64_t> NumberOfLastRow(pqxx::work& transaction, std::string_view list,
                                     const std::string& key, const char* query,
                                     const More&... more) {
  if (key.empty()) return std::numeric_limits<std::int64_t>::max();
  const pqxx::result rows = transaction.exec_params(query, key, more...);
  if (rows.empty()) return BadPageToken(list);
  return rows[0][0].as<std::int64_t>();
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_PAGE_ROW_H_
