"""The deliveries: partitioned by the month of the message, written by COPY alone."""

from django.db import migrations

DELIVERY = r"""
CREATE TABLE outbound_delivery (
    month date NOT NULL,
    message_id bigint NOT NULL,
    contact_point_id bigint NOT NULL,
    status smallint NOT NULL,
    code smallint NOT NULL DEFAULT 0,
    marks smallint NOT NULL DEFAULT 0,
    rating smallint,
    at timestamptz NOT NULL,
    PRIMARY KEY (month, message_id, contact_point_id)
) PARTITION BY RANGE (month);
-- subject access, caps and a member's history
CREATE INDEX outbound_delivery_point ON outbound_delivery (contact_point_id);

CREATE FUNCTION outbound_delivery_partition(day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', day);
    name text := 'outbound_delivery_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF outbound_delivery FOR VALUES FROM (%L) TO (%L)',
                   name, first, (first + interval '1 month')::date);
    RETURN true;
EXCEPTION WHEN duplicate_table THEN
    RETURN false;  -- another fanout of the same month was quicker
END $$;
"""

FORGET = "DROP TABLE outbound_delivery; DROP FUNCTION outbound_delivery_partition;"


class Migration(migrations.Migration):
    """The table behind the unmanaged model."""

    dependencies = [("outbound", "0001_initial")]
    operations = [migrations.RunSQL(DELIVERY, FORGET)]
