import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbound", "0007_fewer_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["received_at"], name="item_by_time", autosummarize=True
            ),
        ),
    ]
