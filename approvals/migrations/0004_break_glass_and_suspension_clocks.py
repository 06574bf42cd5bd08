import approvals.rules.states
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_grant_accounts_and_observations"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="suspension_reason",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="grant",
            name="confirm_by",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="grant",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="grant",
            name="unconfirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="grant",
            name="decision",
            field=models.CharField(
                choices=[
                    ("approved", "approved"),
                    ("break_glass", "break_glass"),
                    ("revoked", "revoked"),
                    ("superseded", "superseded"),
                    ("suspended", "suspended"),
                ],
                default=approvals.rules.states.Decision["APPROVED"],
                max_length=11,
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("confirm_by__isnull", False), ("confirmed_at", None), ("unconfirmed_at", None)),
                fields=["confirm_by"],
                name="grant_to_confirm",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("decision", "suspended")), fields=["suspended_at"], name="grant_suspended"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "break_glass"), _negated=True),
                    models.Q(("confirm_by__isnull", False), ("confirmed_at", None), ("unconfirmed_at", None)),
                    _connector="OR",
                ),
                name="grant_break_glass_waits",
            ),
        ),
    ]
