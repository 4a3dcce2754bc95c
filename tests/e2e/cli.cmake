# `ventral` as a person types it, against real server, database, worker, evaluator and extractor.
ventral_test(cli_test LABEL e2e
  SOURCES cli_fixture.cc cli_features_test.cc cli_fit_test.cc cli_jobs_test.cc cli_packs_test.cc cli_rescore_test.cc cli_scores_test.cc cli_usage_test.cc
    cli_watch_test.cc
  LINKS ventral_proto ventral_test_postgres ventral_test_service
  PROPERTIES FIXTURES_REQUIRED postgres)
add_dependencies(cli_test ventral)
