-- What a rescore asks of each checkpoint on each pack, its newest score, and what a worker without extractor asks for.
CREATE INDEX scores_of_checkpoint ON scores (model_id, checkpoint_sha256, pack_id, pack_version, sequence DESC);
CREATE INDEX jobs_rescores_waiting ON jobs (sequence) WHERE state = 'queued' AND kind = 'rescore';
