from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_late_joiners"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesscode",
            name="tries",
            field=models.SmallIntegerField(default=0),
        ),
    ]
