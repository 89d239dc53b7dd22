from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbound", "0009_raw_item_about")]

    operations = [
        migrations.AddIndex(
            model_name="rawitem",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "set_aside"])),
                fields=["force", "state", "received_at"],
                name="raw_item_findable",
            ),
        ),
    ]
