from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_answer_rounds")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="waiting",
            field=models.BooleanField(default=False),
        ),
    ]
