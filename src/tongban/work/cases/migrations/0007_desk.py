import django.db.models.deletion
from django.db import migrations, models

import tongban.base.kit.ids

ID = models.UUIDField(default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)


def _one_of(*choices, length=12):
    return models.CharField(choices=[(c, c) for c in choices], max_length=length)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_signatures")]
    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", ID),
                ("account", models.UUIDField()),
                ("organisation", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=6)),
                ("starts", models.DateField()),
                ("ends", models.DateField()),
                ("deputy", models.UUIDField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("over_at", None)),
                        fields=("account",),
                        name="cases_one_absence_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends__gte", models.F("starts"))), name="cases_absence_forward"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deputy", models.F("account")), _negated=True),
                        name="cases_absence_of_another",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("over_at", None)),
                        fields=["organisation", "place"],
                        name="cases_away_now",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("holder", models.UUIDField(db_index=True)),
                ("since", models.DateTimeField()),
                ("way", _one_of("claimed", "next", "worked", "moved", "handed-over")),
                ("by", models.UUIDField(null=True)),
                ("came_from", models.UUIDField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                (
                    "absence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="cases.absence",
                    ),
                ),
                ("case_version", models.PositiveIntegerField()),
                ("offered_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                ("id", ID),
                ("organisation", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=6)),
                ("owner", models.UUIDField(null=True)),
                ("purpose", _one_of("reasons", "correction")),
                ("title", models.CharField(max_length=80)),
                ("body", models.TextField()),
                ("written_by", models.UUIDField()),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["organisation", "place", "purpose"],
                        name="cases_phrases_in_use",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="filing",
                        serialize=False,
                        to="cases.application",
                    ),
                ),
                ("organisation", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=6)),
                ("clerk", models.UUIDField()),
                ("person", models.UUIDField()),
                ("mandate", models.UUIDField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["clerk"], name="cases_filings_open"
                    )
                ],
            },
        ),
    ]
