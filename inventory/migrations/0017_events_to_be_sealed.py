from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0016_audit_chain'),
    ]

    operations = [
        migrations.RunSQL(
            'INSERT INTO inventory_unsealedevent (event_id) SELECT id FROM inventory_auditevent ON CONFLICT DO NOTHING',
            migrations.RunSQL.noop,
        ),
    ]
