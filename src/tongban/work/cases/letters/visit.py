"""What the notice and the record of an inspection say: when, who comes, what is looked at, what was found.

Applicants learn how many officers of which organ come and that they were drawn by lot, and nobody's name.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.base.kit.templatetags.kit import moment, period
from tongban.base.kit.text import in_language
from tongban.core.values.duration import Duration, Unit
from tongban.work.cases import models
from tongban.work.cases.letters import days
from tongban.work.cases.letters.matter import Matter


def values(matter: Matter, case: models.Case) -> dict[str, str]:
    """Empty texts for every document that is about no inspection."""
    content = matter.content
    if matter.found.kind not in ("inspection-notice", "inspection-record"):
        return {}
    declared = matter.pack.services[case.service].inspection
    labels = {look.id: in_language(look.label) for look in declared.looks} if declared else {}
    shared = {"visitors": visitors(matter, content["officers"], content["drawn"])}
    if matter.found.kind == "inspection-notice":
        return shared | {
            "appointed_on": str(moment(datetime.fromisoformat(content["appointed"]))),
            "looks": "\n".join(labels.get(name, name) for name in content["looks"]),
            "counted": _counted(content["within"], content["stopped"]),
        }
    return shared | {
        "visited_on": days.of_iso(content["visited_on"]),
        "found": "\n".join(
            [_look(labels.get(one["id"], one["id"]), one["passed"], one["words"]) for one in content["looks"]]
            + ([content["words"]] if content["words"] else [])
        ),
        "result_of_visit": result(content["result"]),
    }


def result(name: str) -> str:
    """What a visit has come to, in words."""
    return {"passed": _("in order"), "failed": _("not in order")}.get(name, "")


def visitors(matter: Matter, officers: int, drawn: bool) -> str:
    organ = in_language(matter.organ.name) if matter.organ else ""
    if drawn:
        text = ngettext(
            "%(n)d officer of %(organ)s, drawn by lot", "%(n)d officers of %(organ)s, drawn by lot", officers
        )
    else:
        text = ngettext("%(n)d officer of %(organ)s", "%(n)d officers of %(organ)s", officers)
    return text % {"n": officers, "organ": organ}


def _counted(within: str, stopped: bool) -> str:
    """How long it takes at most, and that this time does not count where the law says so (行政许可法 art. 45)."""
    amount, unit = within.split()
    time = period(Duration(int(amount), Unit(unit)))
    if stopped:
        return _(
            "It takes at most %(time)s. This time does not count; you will be told when it counts again."
        ) % {"time": time}
    return _("It takes at most %(time)s. This time counts: the promised day stays as it is.") % {"time": time}


def _look(label: str, passed: bool, words: str) -> str:
    said = _("in order") if passed else _("not in order")
    return f"{label}{_(': ')}{said}" + (f" ({' '.join(words.split())})" if words else "")
