import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_title_words"),
        ("channels", "0003_public_ids"),
        ("org", "0005_knocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="channels.act",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="automatic",
                        to="cases.case",
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.force",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="caseact",
            trigger=pgtrigger.compiler.Trigger(
                name="recorded_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE act bigint;",
                    func="IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;\nact := audit_current_act();\nINSERT INTO audit_entry (act_id, force_id, op, table_name, row_id, content)\nSELECT act, (r.j->>'force_id')::bigint, 'I', TG_TABLE_NAME, r.j->>'id',\n       jsonb_build_object('new', r.j - '{}'::text[])::text\n  FROM (SELECT to_jsonb(x) AS j FROM new_rows x) r;\nRETURN NULL;",
                    hash="44375e09961aac057dd1c14c0b071d1050f955d2",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_recorded_insert_2af37",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="cases_caseact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="caseact",
            trigger=pgtrigger.compiler.Trigger(
                name="recorded_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE act bigint;",
                    func="IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;\nact := audit_current_act();\nINSERT INTO audit_entry (act_id, force_id, op, table_name, row_id, content)\nSELECT act, (r.n->>'force_id')::bigint, 'U', TG_TABLE_NAME, r.n->>'id', d.content\n  FROM (SELECT to_jsonb(o) - '{}'::text[] AS o, to_jsonb(n) - '{}'::text[] AS n\n          FROM old_rows o JOIN new_rows n USING (id)) r,\n  LATERAL (SELECT jsonb_build_object('old', jsonb_object_agg(k.key, r.o->k.key),\n                                     'new', jsonb_object_agg(k.key, k.value))::text AS content\n             FROM jsonb_each(r.n) k WHERE r.o->k.key IS DISTINCT FROM k.value) d\n WHERE r.o <> r.n;\nRETURN NULL;",
                    hash="a3e41b888d54c0c7b297d8ee3bb8aae06970e917",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_recorded_update_fa9a7",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="cases_caseact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="caseact",
            trigger=pgtrigger.compiler.Trigger(
                name="recorded_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE act bigint;",
                    func="IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;\nact := audit_current_act();\nINSERT INTO audit_entry (act_id, force_id, op, table_name, row_id, content)\nSELECT act, (r.j->>'force_id')::bigint, 'D', TG_TABLE_NAME, r.j->>'id',\n       jsonb_build_object('old', r.j - '{}'::text[])::text\n  FROM (SELECT to_jsonb(x) AS j FROM old_rows x) r;\nRETURN NULL;",
                    hash="d86e6db0015af04b1c6b61d4c430ce276aa6ebe2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_recorded_delete_0b298",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="cases_caseact",
                    when="AFTER",
                ),
            ),
        ),
    ]
