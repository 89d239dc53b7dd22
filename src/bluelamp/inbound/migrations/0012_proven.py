from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbound", "0011_item_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="proven",
            field=models.BooleanField(default=False),
        ),
    ]
