DROP INDEX jobs_rescores_waiting;
DROP INDEX scores_of_checkpoint;
