"""Seals that survive a restore, partitions that keep themselves, reasons that can be erased."""

from django.db import migrations, models

SEALS = r"""
ALTER TABLE audit_seal
    ADD COLUMN after_act bigint NOT NULL DEFAULT 0,
    ADD COLUMN after_entry bigint NOT NULL DEFAULT 0,
    ADD COLUMN through_act bigint NOT NULL DEFAULT 0,
    ADD COLUMN through_entry bigint NOT NULL DEFAULT 0,
    ADD COLUMN lost_from bigint NOT NULL DEFAULT 0;

-- the order of leaves
DROP INDEX audit_act_xid;
DROP INDEX audit_entry_xid;
CREATE INDEX audit_act_xid ON audit_act (xid, id);
CREATE INDEX audit_entry_xid ON audit_entry (xid, id);

-- a statement trigger of the parent does not see DELETE FROM a partition: rows refuse, too
CREATE TRIGGER audit_entry_keep_row BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();

-- the officer's own words may name a person: they can be erased like an entry's content
CREATE FUNCTION audit_act_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expected audit_act := OLD;
BEGIN
    PERFORM audit_current_act();
    expected.salt := NULL;
    expected.reason := NULL;
    IF NEW IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'the audit is append-only: UPDATE of % refused', TG_TABLE_NAME
            USING ERRCODE = 'BL002';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER audit_act_erase ON audit_act;
CREATE TRIGGER audit_act_erase BEFORE UPDATE ON audit_act
    FOR EACH ROW EXECUTE FUNCTION audit_act_erase();

CREATE OR REPLACE FUNCTION audit_partition(day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', day);
    name text := 'audit_entry_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I PARTITION OF audit_entry FOR VALUES FROM (%L) TO (%L)',
        name, first::timestamp AT TIME ZONE 'UTC',
        (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    EXECUTE format(
        'CREATE TRIGGER audit_entry_keep_all BEFORE TRUNCATE ON %I
         FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()', name);
    RETURN true;
END $$;

DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass LOOP
        EXECUTE format(
            'CREATE TRIGGER audit_entry_keep_all BEFORE TRUNCATE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()', part);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_initial")]

    operations = [
        migrations.RunSQL(
            SEALS,
            state_operations=[
                migrations.AddField("seal", name, models.BigIntegerField(default=0))
                for name in (
                    "after_act", "after_entry", "through_act", "through_entry", "lost_from",
                )
            ],
        ),
    ]
