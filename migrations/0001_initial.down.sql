DROP TABLE scores, job_attempts, jobs, benchmarks, pack_files, packs, checkpoints, models;
DROP FUNCTION refuse_change();
