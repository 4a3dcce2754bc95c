-- Limits and what was used of them are forgotten, and whose the jobs are.
DROP TABLE upload_usage;
DROP TABLE user_quotas;
DROP INDEX jobs_open_of_owner;
ALTER TABLE jobs DROP COLUMN owner;
