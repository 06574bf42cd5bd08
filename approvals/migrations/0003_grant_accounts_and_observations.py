import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_change_tasks"),
        ("inventory", "0014_indexes_of_figures"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="account_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=django.contrib.postgres.indexes.GinIndex(fields=["account_ids"], name="grant_by_account"),
        ),
        migrations.CreateModel(
            name="GrantObservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "observation",
                    models.CharField(
                        choices=[
                            ("not_observed", "not_observed"),
                            ("match", "match"),
                            ("wider", "wider"),
                            ("still_present", "still_present"),
                            ("removed", "removed"),
                            ("unknown", "unknown"),
                        ],
                        max_length=13,
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="observations", to="approvals.grant"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.collectionrun",
                    ),
                ),
            ],
            options={
                "ordering": ("grant", "from_at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("to_at", None)), fields=("grant",), name="grant_observation_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "from_at__lte",
                                django.db.models.functions.comparison.Coalesce(models.F("to_at"), models.F("from_at")),
                            )
                        ),
                        name="grant_observation_in_order",
                    ),
                ],
            },
        ),
    ]
