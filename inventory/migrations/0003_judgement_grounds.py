from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_last_judgement"),
    ]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="judged_on",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="scoperun",
            name="is_guess",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("object_type__in", ("account", "organization", "team", "user", "vendor"))),
                fields=["-id"],
                name="audit_of_registry",
            ),
        ),
    ]
