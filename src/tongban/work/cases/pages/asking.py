"""Why a question of a draft is asked, and what could answer it instead: shown beside the question on demand."""

from __future__ import annotations

from typing import Any

from tongban.base.kit.text import in_language
from tongban.core.planning import why
from tongban.work.cases.letters import citing
from tongban.work.cases.pages.desk import Desk


def reasons(on: Desk, fact: str) -> dict[str, Any]:
    """What `cases/applicant/asked.html` shows. Of an answered question: everything that reads the answer."""
    question = next((one for one in on.plan.questions if one.fact == fact), None)
    told = why.of_question(question, on.pack) if question else ()
    told = told or why.of_fact(fact, on.pack, on.application.event)
    return {
        "sentences": [(in_language(one.text), citing.bases(on.pack, one.articles)) for one in told],
        "records": [in_language(name) for name in why.records(question, on.pack)]
        if question and not on.consent
        else [],
    }
