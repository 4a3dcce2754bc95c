-- The version before would show private and deleted models to everyone, and the data of private packs.
DO $$
BEGIN
  IF EXISTS (SELECT FROM models WHERE private OR deleted IS NOT NULL) THEN
    RAISE EXCEPTION 'there are private or deleted models, which the version before would show to everyone: publish or undelete them first';
  END IF;
  IF EXISTS (SELECT FROM pack_policies WHERE private OR jobs_per_submitter IS NOT NULL) THEN
    RAISE EXCEPTION 'there are private or held-out packs, which the version before would take for public ones: change their policy first';
  END IF;
END
$$;
DROP INDEX pack_files_by_digest;
DROP INDEX checkpoints_by_digest;
DROP TABLE blob_uploads;
DROP INDEX jobs_of_owner_on_pack;
DROP TABLE pack_policies;
ALTER TABLE models DROP COLUMN deleted, DROP COLUMN private, DROP COLUMN owner;
