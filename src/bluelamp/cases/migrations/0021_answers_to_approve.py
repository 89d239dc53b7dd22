from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_tries_of_a_code")]

    operations = [
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["changed_at"],
                name="reply_to_approve",
            ),
        ),
    ]
