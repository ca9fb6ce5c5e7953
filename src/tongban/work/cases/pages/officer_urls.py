"""Routes of officers, window clerks and, for replayed decisions, auditors."""

from django.urls import path

from tongban.work.cases.pages import (
    officer,
    officer_actions,
    officer_afterwards,
    officer_audit,
    officer_case,
    officer_hands,
    officer_phrases,
    officer_retention,
    officer_team,
)

urlpatterns = [
    path("office", officer.office, name="office"),
    path("office/worklist.csv", officer.office_csv, name="office-csv"),
    path("office/next", officer_hands.take_next, name="office-next"),
    path("office/claim", officer_hands.claim, name="office-claim"),
    path("office/release", officer_hands.release, name="office-release"),
    path("office/seen", officer_hands.seen, name="office-seen"),
    path("office/cases/<str:number>", officer_case.case, name="office-case"),
    path("office/cases/<str:number>/files/<uuid:upload_id>", officer_case.upload, name="office-file"),
    path("office/cases/<str:number>/accept", officer_actions.accept, name="office-accept"),
    path("office/cases/<str:number>/resume", officer_actions.resume, name="office-resume"),
    path("office/cases/<str:number>/correction", officer_actions.correction, name="office-correction"),
    path("office/cases/<str:number>/decide", officer_actions.decide, name="office-decide"),
    path(
        "office/cases/<str:number>/decline",
        officer_actions.reasoned,
        {"step": "decline"},
        name="office-decline",
    ),
    path(
        "office/cases/<str:number>/suspend",
        officer_actions.reasoned,
        {"step": "suspend"},
        name="office-suspend",
    ),
    path(
        "office/cases/<str:number>/extend", officer_actions.reasoned, {"step": "extend"}, name="office-extend"
    ),
    path("office/team", officer_team.team, name="office-team"),
    path("office/team.csv", officer_team.team_csv, name="office-team-csv"),
    path("office/team/hands", officer_team.team_hands, name="office-team-hands"),
    path("office/team/hands.csv", officer_team.team_hands_csv, name="office-team-hands-csv"),
    path("office/team/move", officer_team.move, name="office-team-move"),
    path("office/away", officer_team.away, name="office-away"),
    path("office/away/<uuid:absence>/back", officer_team.back, name="office-away-back"),
    path("office/texts", officer_phrases.listed, name="office-texts"),
    path("office/texts/new", officer_phrases.write, name="office-text-new"),
    path("office/texts/<uuid:phrase>", officer_phrases.change, name="office-text"),
    path("office/texts/<uuid:phrase>/delete", officer_phrases.delete, name="office-text-delete"),
    path("office/retention", officer_retention.retained, name="office-retention"),
    path("office/retention.csv", officer_retention.retained_csv, name="office-retention-csv"),
    path("office/retention/holds", officer_retention.set_hold, name="office-hold"),
    path("office/retention/holds/<uuid:hold>/lift", officer_retention.lift_hold, name="office-hold-lift"),
    path("office/cases/<str:number>/review", officer_afterwards.review, name="office-review"),
    path("office/cases/<str:number>/check", officer_afterwards.check, name="office-check"),
    path("office/cases/<str:number>/end", officer_afterwards.end, name="office-end"),
    path("office/cases/<str:number>/end/confirm", officer_afterwards.confirm_end, name="office-end-confirm"),
    path("office/cases/<str:number>/end/drop", officer_afterwards.drop_end, name="office-end-drop"),
    path(
        "office/cases/<str:number>/readmit",
        officer_actions.reasoned,
        {"step": "readmit"},
        name="office-readmit",
    ),
    path("audit/decisions", officer_audit.decisions, name="audit-decisions"),
]
