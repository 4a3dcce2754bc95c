-- The blobs stay where they are; which job they are of is lost. A rescore becomes a job like any other.
DROP INDEX jobs_of_checkpoint;
DROP TABLE job_grams;
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_known, DROP COLUMN kind;
