from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_automatic_answers")]

    operations = [
        migrations.RemoveIndex(model_name="caseitem", name="case_item_regard"),
        migrations.RenameField("caseitem", "regarded_at", "identified_at"),
        migrations.AddIndex(
            model_name="caseitem",
            index=models.Index(
                fields=["id"], condition=models.Q(identified_at=None), name="case_item_identify"
            ),
        ),
    ]
