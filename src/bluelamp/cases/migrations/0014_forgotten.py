from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_hidden_title")]

    operations = [
        migrations.AddField(
            model_name="caseitem",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
