from django.db import migrations, models

EDITS_OF_OLD = """
UPDATE inbound_rawitem r SET about = split_part(r.external_id, '@', 1)
FROM channels_account a
WHERE a.id = r.account_id AND a.provider = 'mastodon' AND r.external_id LIKE '%@%'
"""
"""An edit was stored as the thing's id, ``@`` and the time of the edit."""


class Migration(migrations.Migration):
    dependencies = [("inbound", "0008_item_by_time")]

    operations = [
        migrations.AddField(
            model_name="rawitem",
            name="about",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.RunSQL(EDITS_OF_OLD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="rawitem",
            index=models.Index(
                condition=models.Q(("about", ""), _negated=True),
                fields=["account", "about"],
                name="raw_item_about",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("passes_on", ""), _negated=True),
                fields=["account", "passes_on"],
                name="item_passing_on",
            ),
        ),
    ]
