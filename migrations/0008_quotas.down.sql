-- Limits and what was used of them are forgotten.
DROP TABLE upload_usage;
DROP TABLE user_quotas;
DROP INDEX jobs_open_of_owner;
