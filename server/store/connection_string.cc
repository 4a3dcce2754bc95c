#include "server/store/connection_string.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace ventral::store {
namespace {

// libpq heeds all but the first over TCP only.
constexpr std::pair<std::string_view, const char*> kTimeouts[] = {
    {"connect_timeout", "10"},      // s, for each host
    {"tcp_user_timeout", "30000"},  // ms
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"}};

// What is said of `option`, else our default; null where neither says anything.
const char* ValueOf(const PQconninfoOption& option) {
  if (option.val != nullptr) return option.val;
  if (option.envvar != nullptr && std::getenv(option.envvar) != nullptr) return nullptr;
  for (const auto& [keyword, value] : kTimeouts) {
    if (keyword == option.keyword) return value;
  }
  return nullptr;
}

std::string Quoted(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::string WithTimeouts(const std::string& connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(connection.c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) return connection;
  std::string whole;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const char* const value = ValueOf(*option);
    if (value == nullptr) continue;
    whole += (whole.empty() ? "" : " ") + std::string(option->keyword) + "=" + Quoted(value);
  }
  return whole;
}

}  // namespace ventral::store
