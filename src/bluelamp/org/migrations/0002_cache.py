"""Where lock-outs are counted: shared by all web processes, gone after a crash, no harm done."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE org_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX org_cache_expires ON org_cache (expires);
            """,
            "DROP TABLE org_cache;",
        ),
    ]
