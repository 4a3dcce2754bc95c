// Rows of the catalogue as values.
#ifndef VENTRAL_SERVER_STORE_CATALOGUE_ROWS_H_
#define VENTRAL_SERVER_STORE_CATALOGUE_ROWS_H_

#include <pqxx/pqxx>

#include "server/store/rows.h"

namespace ventral::store {

ModelRow ModelOf(const pqxx::row& row);
CheckpointRow CheckpointOf(const pqxx::row& row);
// Without its benchmarks.
PackRow PackOf(const pqxx::row& row);
PackPolicy PolicyOf(const pqxx::row& row);
// Of these versions, one of each pack.
void AddBenchmarks(pqxx::work& transaction, std::vector<PackRow>& packs);
PackRow WholePack(pqxx::work& transaction, const pqxx::row& row);
BenchmarkRow BenchmarkOf(const pqxx::row& row);
ScoreRow ScoreOf(const pqxx::row& row);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_CATALOGUE_ROWS_H_
