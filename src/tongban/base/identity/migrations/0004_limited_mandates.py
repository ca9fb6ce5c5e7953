from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_grams")]
    operations = [
        migrations.AddField(model_name="mandate", name="events", field=models.JSONField(default=list)),
        migrations.AddField(model_name="mandate", name="given_by", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="mandate", name="revoked_by", field=models.UUIDField(null=True)),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground", "representative"), _negated=True) | models.Q(("events", [])),
                name="identity_representative_of_everything",
            ),
        ),
    ]
