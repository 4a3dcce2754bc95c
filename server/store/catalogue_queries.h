// The catalogue's statements.
#ifndef VENTRAL_SERVER_STORE_CATALOGUE_QUERIES_H_
#define VENTRAL_SERVER_STORE_CATALOGUE_QUERIES_H_

#include "server/store/page_bytes.h"
#include "server/store/visible.h"

namespace ventral::store::catalogue_queries {

#define VENTRAL_MODEL_COLUMNS                                                                    \
  " m.model_id, m.display_name, m.architecture, m.training_data, m.objective, m.learning_rule, " \
  " m.licence, m.reference, m.metadata::text AS metadata, m.created, m.owner, m.private, "       \
  "m.deleted "
#define VENTRAL_CHECKPOINT_COLUMNS " c.model_id, c.sha256, c.file_name, c.bytes, c.created "
#define VENTRAL_PACK_COLUMNS                                                                   \
  " p.pack_id, p.version, p.digest, p.title, p.citation, p.licence, p.stimuli, p.bytes, "      \
  " p.created, y.owner, coalesce(y.private, false) AS private, y.jobs_per_submitter, y.days, " \
  "y.deleted "
#define VENTRAL_BENCHMARK_COLUMNS                                                           \
  " b.benchmark_id, b.pack_id, b.pack_version, b.metric, b.species, b.region, b.modality, " \
  " b.subjects "
// `result` is what stands for the result: s.result, or s.summary.
#define VENTRAL_SCORE_COLUMNS(result)                                                         \
  " s.score_id, s.job_id, s.model_id, s.checkpoint_sha256, s.benchmark_id, s.metric, "        \
  "s.rule, "                                                                                  \
  " s.layer_choice, s.layer_path, s.layer_step, s.seed, s.scorer_version, s.raw, s.ceiling, " \
  " s.normalised, s.interval_lower, s.interval_upper, " result                                \
  " AS result, s.provenance, s.created "
#define VENTRAL_POLICY " LEFT JOIN pack_policies y USING (pack_id) "
// The newest version of each pack that was not deleted.
#define VENTRAL_NEWEST_PACKS                                               \
  " (SELECT DISTINCT ON (pack_id) * FROM packs p WHERE" VENTRAL_PACK_SEEN( \
      "p") "ORDER BY pack_id, sequence DESC) "

// $1 … $8 as VENTRAL_MODEL_COLUMNS has them, $9 metadata, $10 request id or NULL, $11 now,
// $12 owner or NULL, $13 private
inline constexpr char kInsertModel[] = R"(
  INSERT INTO models AS m (model_id, display_name, architecture, training_data, objective, learning_rule, licence,
                           reference, metadata, request_id, created, owner, private)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  ON CONFLICT DO NOTHING
  RETURNING )" VENTRAL_MODEL_COLUMNS;

// $1 request, $2 viewer
inline constexpr char kModelByRequest[] =
    "SELECT " VENTRAL_MODEL_COLUMNS
    " FROM models m WHERE request_id = $1 AND " VENTRAL_VISIBLE("$2");

// Nothing unless the model that is there says the same, and the viewer sees it. $1 … $9 as in
// kInsertModel, $10 viewer, $11 private
inline constexpr char kSameModel[] = "SELECT " VENTRAL_MODEL_COLUMNS R"( FROM models m
  WHERE (model_id, display_name, architecture, training_data, objective, learning_rule, licence, reference, metadata)
        = ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb) AND private = $11 AND )" VENTRAL_VISIBLE(
    "$10");

// $1 model, $2 viewer
inline constexpr char kGetModel[] =
    "SELECT " VENTRAL_MODEL_COLUMNS " FROM models m WHERE model_id = $1 AND " VENTRAL_VISIBLE("$2");
// The same, and $3 pack or ''
inline constexpr char kModelRights[] = "SELECT " VENTRAL_OWNS("$2") R"( AS owns
  FROM models m CROSS JOIN (SELECT $3::text AS pack_id) asked
  WHERE model_id = $1 AND )" VENTRAL_VISIBLE("$2") " AND " VENTRAL_PACK_SEEN("asked");

// The first of the models after $1 where `condition` holds, as many as a page may have.
#define VENTRAL_MODEL_PAGE(condition)                                                     \
  "SELECT " VENTRAL_MODEL_COLUMNS ", m.found FROM" VENTRAL_WITHIN_BYTES(                  \
      "SELECT m.*, octet_length(concat(m.display_name, m.architecture, m.training_data, " \
      "m.objective, m.learning_rule, m.licence, m.reference, m.metadata)) AS bytes "      \
      "FROM models m WHERE model_id > $1 AND " condition " ORDER BY model_id LIMIT $2",   \
      "model_id") "m ORDER BY m.model_id"
// $1 the last id of the page before, $2 limit, $3 viewer
inline constexpr char kListModels[] = VENTRAL_MODEL_PAGE(VENTRAL_VISIBLE("$3"));
// The same, and $4 deleted since
inline constexpr char kListDeletedModels[] =
    VENTRAL_MODEL_PAGE("deleted > $4 AND" VENTRAL_OWNS("$3"));

// $1 model, $2 sha256, $3 file name, $4 bytes, $5 now
inline constexpr char kInsertCheckpoint[] = R"(
  INSERT INTO checkpoints AS c (model_id, sha256, file_name, bytes, created)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (model_id, sha256) DO NOTHING
  RETURNING )" VENTRAL_CHECKPOINT_COLUMNS;

// $1 model, $2 sha256, $3 viewer
inline constexpr char kGetCheckpoint[] = "SELECT " VENTRAL_CHECKPOINT_COLUMNS R"(
  FROM checkpoints c JOIN models m USING (model_id)
  WHERE model_id = $1 AND sha256 = $2 AND )" VENTRAL_VISIBLE("$3");

// $1 sha256, $2 model
inline constexpr char kNumberOfCheckpoint[] =
    "SELECT sequence FROM checkpoints WHERE sha256 = $1 AND model_id = $2";

// $1 model, which the viewer sees, $2 only numbers below, $3 limit
inline constexpr char kListCheckpoints[] =
    "SELECT " VENTRAL_CHECKPOINT_COLUMNS R"( FROM checkpoints c
  WHERE model_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3)";

// $1 … $8 as VENTRAL_PACK_COLUMNS has them, $9 now
inline constexpr char kInsertPack[] = R"(
  INSERT INTO packs AS p (pack_id, version, digest, title, citation, licence, stimuli, bytes, created)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (pack_id, version) DO NOTHING
  RETURNING pack_id)";

// $1 pack, $2 version, then one array a column.
inline constexpr char kInsertPackFiles[] = R"(
  INSERT INTO pack_files (pack_id, pack_version, path, sha256, bytes)
  SELECT $1, $2, f.* FROM unnest($3::text[], $4::text[], $5::bigint[]) AS f (path, sha256, bytes))";
inline constexpr char kInsertBenchmarks[] = R"(
  INSERT INTO benchmarks (pack_id, pack_version, benchmark_id, metric, species, region, modality, subjects, ordinal)
  SELECT $1, $2, b.* FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
                          WITH ORDINALITY AS b)";

// Deleted or not: what runs on it must end. $1 pack, $2 version
inline constexpr char kGetPackVersion[] =
    "SELECT " VENTRAL_PACK_COLUMNS " FROM packs p" VENTRAL_POLICY
    "WHERE pack_id = $1 AND version = $2";
// $1 pack
inline constexpr char kGetAnyPack[] = "SELECT " VENTRAL_PACK_COLUMNS " FROM packs p" VENTRAL_POLICY
                                      "WHERE pack_id = $1 ORDER BY sequence DESC LIMIT 1";
inline constexpr char kGetPack[] =
    "SELECT " VENTRAL_PACK_COLUMNS " FROM packs p" VENTRAL_POLICY
    "WHERE pack_id = $1 AND y.deleted IS NULL ORDER BY sequence DESC LIMIT 1";

// $1 the last id of the page before, $2 limit
inline constexpr char kListPacks[] =
    "SELECT " VENTRAL_PACK_COLUMNS " FROM " VENTRAL_NEWEST_PACKS " p" VENTRAL_POLICY
    "WHERE pack_id > $1 ORDER BY pack_id LIMIT $2";
// The same, and $3 viewer, $4 deleted since
inline constexpr char kListDeletedPacks[] = "SELECT " VENTRAL_PACK_COLUMNS R"( FROM pack_policies y
  CROSS JOIN LATERAL (
    SELECT * FROM packs v WHERE v.pack_id = y.pack_id ORDER BY v.sequence DESC LIMIT 1
  ) p
  WHERE y.pack_id > $1 AND y.deleted > $4 AND )" VENTRAL_PUBLISHES(
    "$3") " ORDER BY y.pack_id LIMIT $2";

// Benchmarks of these packs, each pack's in its manifest's order. $1 packs, $2 their versions
inline constexpr char kBenchmarksOfPacks[] =
    "SELECT " VENTRAL_BENCHMARK_COLUMNS R"( FROM benchmarks b
  JOIN unnest($1::text[], $2::text[]) AS wanted (pack_id, version)
    ON (b.pack_id, b.pack_version) = (wanted.pack_id, wanted.version)
  ORDER BY b.pack_id, b.ordinal)";

inline constexpr char kPackFiles[] =
    "SELECT path, sha256, bytes FROM pack_files WHERE pack_id = $1 AND pack_version = $2 ORDER BY "
    "path";

// $1 pack or '', $2 the last id of the page before, $3 limit
inline constexpr char kListBenchmarks[] =
    "SELECT " VENTRAL_BENCHMARK_COLUMNS " FROM benchmarks b JOIN " VENTRAL_NEWEST_PACKS
    R"( p ON (b.pack_id, b.pack_version) = (p.pack_id, p.version)
  WHERE ($1 = '' OR b.pack_id = $1) AND b.benchmark_id > $2 ORDER BY b.benchmark_id LIMIT $3)";

// $1 score ids
inline constexpr char kScoreResamples[] = R"(
  SELECT score_id, result->>'resamples' AS resamples FROM scores
  WHERE score_id = ANY ($1::uuid[]) AND result->>'resamples' IS NOT NULL)";

// $1 score, $2 viewer
inline constexpr char kGetScore[] = "SELECT " VENTRAL_SCORE_COLUMNS(
    "CASE WHEN " VENTRAL_DETAILED("$2") " THEN s.result ELSE s.summary END") R"(
  FROM scores s JOIN models m USING (model_id) WHERE score_id = $1 AND )" VENTRAL_VISIBLE(
    "$2") " AND " VENTRAL_PACK_SEEN("s");

inline constexpr char kNumberOfScore[] = "SELECT sequence FROM scores WHERE score_id = $1";

// $1 model or '', $2 benchmark or '', $3 job or NULL, $4 only numbers below, $5 limit, $6 whether
// to leave out layers, $7 viewer
#define VENTRAL_LISTED_RESULT \
  "(CASE WHEN NOT $6::boolean AND " VENTRAL_DETAILED("$7") " THEN s.result ELSE s.summary END)"
inline constexpr char kListScores[] =
    "SELECT " VENTRAL_SCORE_COLUMNS(VENTRAL_LISTED_RESULT) ", s.found FROM" VENTRAL_WITHIN_BYTES(
        "SELECT s.*, octet_length(" VENTRAL_LISTED_RESULT
        R"(::text) + octet_length(s.provenance::text) AS bytes
  FROM scores s JOIN models m USING (model_id)
  WHERE ($1 = '' OR model_id = $1) AND ($2 = '' OR benchmark_id = $2) AND ($3::uuid IS NULL OR job_id = $3::uuid)
        AND sequence < $4 AND )" VENTRAL_VISIBLE("$7") " AND " VENTRAL_PACK_SEEN("s") R"(
  ORDER BY sequence DESC LIMIT $5)",
        "sequence DESC") "s ORDER BY s.sequence DESC";

}  // namespace ventral::store::catalogue_queries

#endif  // VENTRAL_SERVER_STORE_CATALOGUE_QUERIES_H_
