"""The record: acts, entries by month, seals; append-only, with digests made by the database."""

from django.db import migrations

RECORD = r"""
CREATE TABLE audit_act (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    xid bigint NOT NULL,
    force_id bigint,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    actor_label text NOT NULL,
    source text NOT NULL,
    act text NOT NULL,
    nonce bytea NOT NULL,
    key_id smallint NOT NULL,
    mark bytea NOT NULL,
    salt bytea,
    reason text,
    digest bytea NOT NULL,
    leaf bytea NOT NULL
);
CREATE INDEX audit_act_force_at ON audit_act (force_id, at DESC);
CREATE INDEX audit_act_actor ON audit_act (actor_kind, actor_id, at DESC);
CREATE INDEX audit_act_xid ON audit_act (xid);

CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    act_id bigint NOT NULL,
    at timestamptz NOT NULL,
    xid bigint NOT NULL,
    force_id bigint,
    op char(1) NOT NULL,
    table_name text NOT NULL,
    row_id text,
    salt bytea,
    content text,
    digest bytea NOT NULL,
    leaf bytea NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE audit_entry_rest PARTITION OF audit_entry DEFAULT;
CREATE INDEX audit_entry_act ON audit_entry (act_id);
CREATE INDEX audit_entry_row ON audit_entry (table_name, row_id);
CREATE INDEX audit_entry_xid ON audit_entry (xid);

CREATE TABLE audit_seal (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    from_xid bigint NOT NULL,
    to_xid bigint NOT NULL,
    leaves bigint NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    key_id smallint NOT NULL,
    signature bytea NOT NULL
);

-- 32 random bytes: two UUIDs of 122 random bits each, digested.
CREATE FUNCTION audit_salt() RETURNS bytea LANGUAGE sql VOLATILE AS $$
    SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;

CREATE FUNCTION audit_micros(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM moment) * 1000000)::bigint::text
$$;

-- The act that answers for what this transaction writes.
CREATE FUNCTION audit_current_act() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE act bigint := nullif(current_setting('bluelamp.act', true), '')::bigint;
BEGIN
    IF act IS NULL THEN
        RAISE EXCEPTION 'a write without an actor is refused'
            USING ERRCODE = 'BL001', HINT = 'write inside audit.actions.acting()';
    END IF;
    RETURN act;
END $$;

CREATE FUNCTION audit_begin(
    p_force bigint, p_kind text, p_id text, p_label text, p_source text, p_act text,
    p_nonce bytea, p_key smallint, p_mark bytea, p_reason text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
    INSERT INTO audit_act (force_id, actor_kind, actor_id, actor_label, source, act,
                           nonce, key_id, mark, reason)
    VALUES (p_force, p_kind, p_id, p_label, p_source, p_act, p_nonce, p_key, p_mark, p_reason)
    RETURNING id INTO made;
    PERFORM set_config('bluelamp.act', made::text, true);
    RETURN made;
END $$;

-- Moment, transaction, salt and digests are the database's to set, whoever writes.
CREATE FUNCTION audit_act_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.salt := audit_salt();
    NEW.reason := coalesce(NEW.reason, '');
    NEW.digest := sha256(NEW.salt || convert_to(NEW.reason, 'UTF8'));
    NEW.leaf := sha256(convert_to(jsonb_build_array(
        'act', NEW.id::text, audit_micros(NEW.at), NEW.xid::text, NEW.force_id::text,
        NEW.actor_kind, NEW.actor_id, NEW.actor_label, NEW.source, NEW.act,
        encode(NEW.nonce, 'hex'), NEW.key_id::text, encode(NEW.mark, 'hex'),
        encode(NEW.digest, 'hex'))::text, 'UTF8'));
    RETURN NEW;
END $$;
CREATE TRIGGER audit_act_stamp BEFORE INSERT ON audit_act
    FOR EACH ROW EXECUTE FUNCTION audit_act_stamp();

CREATE FUNCTION audit_entry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.salt := audit_salt();
    NEW.content := coalesce(NEW.content, '');
    NEW.digest := sha256(NEW.salt || convert_to(NEW.content, 'UTF8'));
    NEW.leaf := sha256(convert_to(jsonb_build_array(
        'entry', NEW.id::text, NEW.act_id::text, audit_micros(NEW.at), NEW.xid::text,
        NEW.force_id::text, NEW.op, NEW.table_name, NEW.row_id,
        encode(NEW.digest, 'hex'))::text, 'UTF8'));
    RETURN NEW;
END $$;
-- the partition is chosen before row triggers run, so the moment is a default
ALTER TABLE audit_entry ALTER COLUMN at SET DEFAULT clock_timestamp();
CREATE TRIGGER audit_entry_stamp BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_stamp();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'BL002';
END $$;
CREATE TRIGGER audit_act_keep BEFORE DELETE OR TRUNCATE ON audit_act
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_keep BEFORE DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Erasure is the one change allowed: salt and content go, all else stays as it was.
CREATE FUNCTION audit_entry_erase() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expected audit_entry := OLD;
BEGIN
    PERFORM audit_current_act();
    expected.salt := NULL;
    expected.content := NULL;
    IF NEW IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'the audit is append-only: UPDATE of % refused', TG_TABLE_NAME
            USING ERRCODE = 'BL002';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_erase BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_erase();
CREATE TRIGGER audit_act_erase BEFORE UPDATE ON audit_act
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Make sure that the month of a day has its partition; say whether it was made now.
CREATE FUNCTION audit_partition(day date) RETURNS boolean LANGUAGE plpgsql AS $$
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
    RETURN true;
END $$;
SELECT audit_partition(current_date), audit_partition((current_date + interval '1 month')::date);
"""

FORGET = """
DROP TABLE audit_seal, audit_entry, audit_act;
DROP FUNCTION audit_salt, audit_micros, audit_current_act, audit_begin, audit_act_stamp,
    audit_entry_stamp, audit_refuse, audit_entry_erase, audit_partition;
"""


class Migration(migrations.Migration):
    """Tables by SQL; the models are unmanaged windows on them."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(RECORD, FORGET),
    ]
