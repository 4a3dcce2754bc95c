// Opaque tokens for the next page: the key of the last row of this one, so that rows that come and
// go in between shift nothing.
#ifndef VENTRAL_SERVER_STORE_PAGE_TOKEN_H_
#define VENTRAL_SERVER_STORE_PAGE_TOKEN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/rows.h"

namespace ventral::store {

// `list` names what is listed, such as "jobs": a token of one list is refused by another.
std::string MakePageToken(std::string_view list, std::string_view key);
// The key; `first` for an empty token.
// @error invalid_input if it is no token of this list.
Result<std::string> ReadPageToken(std::string_view list, std::string_view token,
                                  std::string_view first);
// The same for lists whose keys are UUIDs; empty for an empty token.
Result<std::string> ReadPageUuid(std::string_view list, std::string_view token);
// The same for lists by falling number, whose viewers see every row; `first` is the greatest
// number.
Result<std::int64_t> ReadPageNumber(std::string_view list, std::string_view token);
// Of a token that is no token of this list.
Error BadPageToken(std::string_view list);

// 50 for 0; at most 1000.
// @error invalid_input if it is negative.
Result<int> PageSize(int wanted);

// `rows` were asked for with one more than `size`: cuts that one off, and makes the token from the
// last row that stays. `found`, where it is more than `rows`, says that others were left out behind
// them.
template <typename Row, typename KeyOf>
Page<Row> CutPage(std::vector<Row> rows, int size, std::string_view list, KeyOf key_of,
                  std::size_t found = 0) {
  found = std::max(found, rows.size());
  Page<Row> page{std::move(rows), {}};
  page.rows.resize(std::min(page.rows.size(), static_cast<std::size_t>(size)));
  if (!page.rows.empty() && page.rows.size() < found) {
    page.next_token = MakePageToken(list, key_of(page.rows.size() - 1));
  }
  return page;
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_PAGE_TOKEN_H_
