from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_fewer_entries"),
    ]

    operations = [
        migrations.RemoveField(model_name="accesscode", name="tries"),
    ]
