import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbound", "0010_raw_item_findable")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    "sender_name",
                    "subject",
                    "text",
                    models.Case(
                        models.When(visibility="public", then=models.F("sender")),
                        default=models.Value(""),
                    ),
                    config="simple",
                ),
                condition=models.Q(("stage__in", ("routed", "stuck"))),
                name="item_words",
            ),
        ),
    ]
