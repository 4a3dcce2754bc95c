#include "server/store/blob_names.h"

#include "server/store/database.h"
#include "server/store/text.h"

namespace ventral::store {
namespace {

// $1 digests. Every column of the schema that names a blob stands here.
constexpr char kUnnamed[] = R"(
  SELECT digest FROM unnest($1::text[]) AS asked (digest)
  WHERE NOT EXISTS (SELECT FROM checkpoints WHERE sha256 = digest)
    AND NOT EXISTS (SELECT FROM pack_files WHERE sha256 = digest)
    AND NOT EXISTS (SELECT FROM job_grams WHERE sha256 = digest))";

}  // namespace

Result<std::vector<std::string>> UnnamedBlobs(Database& database,
                                              const std::vector<std::string>& digests) {
  using Names = std::vector<std::string>;
  return database.Transact<Names>([&](pqxx::work& transaction) -> Result<Names> {
    Names unnamed;
    for (const auto& row : transaction.exec_params(kUnnamed, TextArray(digests))) {
      unnamed.push_back(row[0].as<std::string>());
    }
    return unnamed;
  });
}

}  // namespace ventral::store
