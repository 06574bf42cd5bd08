from django.db import migrations

COUNT = """
    UPDATE inventory_identity SET open_finding_count = counted.number
    FROM (
        SELECT identity_id, count(*) AS number FROM inventory_finding
        WHERE presence <> 'absent' AND severity <> 'info' GROUP BY identity_id
    ) counted
    WHERE counted.identity_id = inventory_identity.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0007_figure_snapshots"),
    ]

    operations = [
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
