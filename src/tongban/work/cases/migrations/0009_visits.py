import django.db.models.deletion
from django.db import migrations, models

import tongban.base.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("declared", models.CharField(max_length=80)),
                ("organisation", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=6)),
                ("within", models.JSONField()),
                (
                    "silence",
                    models.CharField(
                        choices=[("no-objection", "no-objection"), ("wait", "wait")], max_length=12
                    ),
                ),
                ("question", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("asked_on", models.DateField()),
                ("asked_by", models.UUIDField()),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no-objection", "no-objection"),
                            ("condition", "condition"),
                            ("objection", "objection"),
                            ("silent", "silent"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_on", models.DateField(null=True)),
                ("answered_by", models.UUIDField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultations",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "place", "answered_at"], name="cases_consulted")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("case", "declared"),
                        name="cases_one_open_consultation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("answered_on", None), ("opinion", "")),
                            models.Q(
                                models.Q(("opinion", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="cases_consultation_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opinion", "silent"), _negated=True),
                            models.Q(("answered_by", None), ("silence", "no-objection")),
                            _connector="OR",
                        ),
                        name="cases_silence_only_where_it_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongban.base.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organisation", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=6)),
                ("subject", models.UUIDField(db_index=True)),
                ("reasons", models.TextField(blank=True)),
                ("ordered_at", models.DateTimeField()),
                ("ordered_on", models.DateField()),
                ("ordered_by", models.UUIDField()),
                ("appointed_at", models.DateTimeField()),
                ("visit", models.UUIDField(default=tongban.base.kit.ids.uuid7)),
                ("officers", models.PositiveSmallIntegerField()),
                ("drawn", models.BooleanField()),
                ("pool", models.JSONField()),
                ("left_out", models.JSONField(default=list)),
                ("seed", models.CharField(max_length=64)),
                ("entry", models.PositiveIntegerField()),
                ("going", models.JSONField()),
                ("replaced", models.JSONField(default=list)),
                ("stopped", models.BooleanField(default=False)),
                ("notice", models.CharField(blank=True, max_length=60)),
                (
                    "result",
                    models.CharField(
                        blank=True, choices=[("passed", "passed"), ("failed", "failed")], max_length=8
                    ),
                ),
                ("looks", models.JSONField(default=list)),
                ("words", models.TextField(blank=True)),
                ("visited_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("recorded_by", models.UUIDField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.UUIDField(null=True)),
                ("record", models.CharField(blank=True, max_length=60)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "visited_on"], name="cases_visits_of_subject")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at", None)),
                        fields=("case",),
                        name="cases_one_open_inspection",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officers__gte", 2)), name="cases_inspection_two_officers"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="cases_inspection_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recorded_at", None), ("result", "")),
                            models.Q(
                                models.Q(("result", ""), _negated=True),
                                ("recorded_at__isnull", False),
                                ("visited_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="cases_inspection_recorded",
                    ),
                ],
            },
        ),
    ]
