#include "server/store/postgres_blob_rights.h"

#include "server/store/fields.h"
#include "server/store/visible.h"

namespace ventral::store {
namespace {

constexpr std::chrono::hours kClocksDiffer{24};

// $1 digests, $2 models and packs deleted before count no more. Every column of the schema that
// names a blob stands here.
constexpr char kUnnamed[] = R"(
  SELECT digest FROM unnest($1::text[]) AS asked (digest)
  WHERE NOT EXISTS (SELECT FROM checkpoints c JOIN models m USING (model_id)
                    WHERE c.sha256 = digest AND (m.deleted IS NULL OR m.deleted >= $2))
    AND NOT EXISTS (SELECT FROM pack_files f LEFT JOIN pack_policies y USING (pack_id)
                    WHERE f.sha256 = digest AND (y.deleted IS NULL OR y.deleted >= $2))
    AND NOT EXISTS (SELECT FROM job_grams g JOIN jobs j USING (job_id) JOIN models m USING (model_id)
                      LEFT JOIN pack_policies y ON y.pack_id = j.pack_id
                    WHERE g.sha256 = digest AND (m.deleted IS NULL OR m.deleted >= $2)
                      AND (y.deleted IS NULL OR y.deleted >= $2)))";

// $1 digests, $2 viewer
constexpr char kNameable[] = R"(
  SELECT digest FROM unnest($1::text[]) AS asked (digest)
  WHERE $2::text IS NULL
     OR EXISTS (SELECT FROM blob_uploads WHERE (user_id, sha256) = ($2, digest))
     OR EXISTS (SELECT FROM checkpoints c JOIN models m USING (model_id)
                WHERE c.sha256 = digest AND )" VENTRAL_VISIBLE("$2") R"()
     OR EXISTS (SELECT FROM pack_files f LEFT JOIN pack_policies p USING (pack_id)
                WHERE f.sha256 = digest AND p.deleted IS NULL
                      AND (NOT coalesce(p.private, false) OR p.owner = $2)))";

// $1 user, $2 digest, $3 now
constexpr char kRemember[] = R"(
  INSERT INTO blob_uploads AS u (user_id, sha256, uploaded) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, sha256) DO UPDATE SET uploaded = excluded.uploaded)";

constexpr char kForgetUploads[] = "DELETE FROM blob_uploads WHERE uploaded < $1";

}  // namespace

Result<std::vector<std::string>> PostgresBlobRights::Unnamed(
    const std::vector<std::string>& digests) {
  using Names = std::vector<std::string>;
  const TimePoint gone = clock_.Now() - keep_deleted_ - kClocksDiffer;
  return database_.Transact<Names>([&](pqxx::work& transaction) -> Result<Names> {
    Names unnamed;
    for (const auto& row :
         transaction.exec_params(kUnnamed, TextArray(digests), TimestampText(gone))) {
      unnamed.push_back(TextOf(row, "digest"));
    }
    return unnamed;
  });
}

Result<std::set<std::string>> PostgresBlobRights::Nameable(
    const Viewer& viewer, const std::vector<std::string>& digests) {
  if (viewer.sees_all) return std::set<std::string>(digests.begin(), digests.end());
  using Names = std::set<std::string>;
  return database_.Transact<Names>([&](pqxx::work& transaction) -> Result<Names> {
    Names nameable;
    for (const auto& row :
         transaction.exec_params(kNameable, TextArray(digests), ViewerParameter(viewer))) {
      nameable.insert(TextOf(row, "digest"));
    }
    return nameable;
  });
}

Status PostgresBlobRights::Remember(const std::string& user, const std::string& digest) {
  if (user.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kRemember, user, digest, TimestampText(clock_.Now()));
    return true;
  }));
  return Ok{};
}

Status PostgresBlobRights::Forget(TimePoint before) {
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kForgetUploads, TimestampText(before));
    return true;
  }));
  return Ok{};
}

}  // namespace ventral::store
