from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_judgement_grounds"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="policyversion",
            index=models.Index(
                condition=models.Q(
                    (
                        "text__regex",
                        '"Principal"\\s*:\\s*(\\{[^{}]*|\\[[^\\]]*)?"(\\*|\\\\u002[aA])"|"NotPrincipal"|\\\\u00',
                    )
                ),
                fields=["policy"],
                name="policy_version_wildcard",
            ),
        ),
    ]
