// The leaderboard's statements.
#ifndef VENTRAL_SERVER_STORE_LEADERBOARD_QUERIES_H_
#define VENTRAL_SERVER_STORE_LEADERBOARD_QUERIES_H_

#include "server/store/catalogue_queries.h"

namespace ventral::store::leaderboard_queries {

// Every column when none is asked for, by id.
inline constexpr char kAllColumns[] =
    "SELECT b.benchmark_id FROM benchmarks b JOIN " VENTRAL_NEWEST_PACKS
    " p ON (b.pack_id, b.pack_version) = (p.pack_id, p.version) ORDER BY b.benchmark_id";

// Rows of a page with all their cells. `means` has a model_id and a mean that is not NULL; `more`
// says which of a row's cells are wanted. OFFSET 0 keeps the planner at looking up each row's cells
// where it would now and then read all there are; the rows' order then needs no sorting.
// The viewer's condition is asked of each row in the board's order until the page is full; so ranks
// are as if what it does not see were not there.
// $1 what the last mean of the page before was, times -1, and $2 of which model, $3 limit, $4
// viewer
#define VENTRAL_LEADERBOARD_PAGE(means, more) \
  "SELECT page.model_id, page.display_name, page.mean, c.benchmark_id, c.score_id, "          \
  "  c.layer_path, c.layer_choice, c.layer_step, c.raw, c.ceiling, c.normalised, "            \
  "  c.interval_lower, c.interval_upper "                                                     \
  "FROM ("                                                                                    \
  "  SELECT r.model_id, m.display_name, r.mean, -r.mean AS place FROM " means                 \
  "  r JOIN models m USING (model_id)"                                                        \
  "  WHERE (-r.mean, r.model_id) > ($1::double precision, $2::text) AND " VENTRAL_VISIBLE("$4") \
  "  ORDER BY -r.mean, r.model_id LIMIT $3::integer"                                          \
  ") page CROSS JOIN LATERAL ("                                                               \
  "  SELECT * FROM leaderboard_cells c WHERE c.model_id = page.model_id " more                \
  "  OFFSET 0) c "                                                                            \
  "ORDER BY page.place, page.model_id"

// Over all benchmarks of the newest packs. Cells of older ones come along, and are few: a condition
// on the benchmark would be looked up one by one.
inline constexpr char kPageOfAll[] = VENTRAL_LEADERBOARD_PAGE(
    "(SELECT model_id, mean FROM leaderboard_rows WHERE mean IS NOT NULL)", "");

// $5 the benchmark
inline constexpr char kPageOfOne[] = VENTRAL_LEADERBOARD_PAGE(
    "(SELECT model_id, value AS mean FROM leaderboard_cells "
    " WHERE benchmark_id = $5::text AND " VENTRAL_BENCHMARK_SEEN("$5::text") ")",
    "AND c.benchmark_id = $5::text ");

// Reads all cells of these benchmarks. $5 benchmarks
inline constexpr char kPageOfSome[] = VENTRAL_LEADERBOARD_PAGE(
    "(SELECT model_id, sum(value ORDER BY benchmark_id) / count(*) AS mean FROM leaderboard_cells "
    " WHERE benchmark_id = ANY ($5::text[]) AND " VENTRAL_BENCHMARK_SEEN(
        "benchmark_id") " GROUP BY model_id)",
    "AND c.benchmark_id = ANY ($5::text[]) AND " VENTRAL_BENCHMARK_SEEN("c.benchmark_id"));

// $1 benchmark, $2 models, all when empty, $3 limit, $4 viewer
inline constexpr char kStandingScores[] =
    "SELECT m.display_name, " VENTRAL_SCORE_COLUMNS("s.summary") R"(
  FROM leaderboard_cells c JOIN models m USING (model_id) JOIN scores s USING (score_id)
  WHERE c.benchmark_id = $1 AND (cardinality($2::text[]) = 0 OR c.model_id = ANY ($2::text[]))
        AND )" VENTRAL_VISIBLE("$4") " AND " VENTRAL_PACK_SEEN("s") R"(
  ORDER BY -c.value, c.model_id LIMIT $3::integer)";

}  // namespace ventral::store::leaderboard_queries

#endif  // VENTRAL_SERVER_STORE_LEADERBOARD_QUERIES_H_
