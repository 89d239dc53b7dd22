from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_judged")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["force", "changed_at"], name="case_changed"),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                fields=["system"], condition=models.Q(("seen", None)), name="link_unseen"
            ),
        ),
    ]
