from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bluelamp.kit.config import config


def forget_what_nobody_looked_at(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Without a server whose word counts "not proven" meant that nobody had looked."""
    if not config().authserv_id:
        apps.get_model("inbound", "Item").objects.filter(proven=False).update(proven=None)


class Migration(migrations.Migration):
    dependencies = [
        ("inbound", "0013_fewer_entries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="proven",
            field=models.BooleanField(null=True),
        ),
        migrations.RunPython(forget_what_nobody_looked_at, migrations.RunPython.noop),
    ]
