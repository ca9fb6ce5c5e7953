"""Official documents that a case produces: the names that a template may hold, and how they are filled.

    title: {zh: 受理通知书, en: Notice of acceptance}
    body:  {zh: "{applicant}：你申请的{service}，我们已于{accepted_on}受理。", en: ...}

A template is Markdown of the pack. What is filled in comes from people, so it is text and never Markdown: a shop called
`*Star*` keeps its stars.

    ValueError
    ├── UnknownPlaceholder   the template or the values name something that no document knows
    └── MissingValue         the template asks for something that was not given
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tongban.core.packs import names
from tongban.core.packs.model_guide import Document, DocumentKind
from tongban.core.values.text import Bilingual

PLACEHOLDERS: Final[Mapping[str, Bilingual]] = {
    "number": Bilingual("文书编号", "Number of the document"),
    "date": Bilingual("出具文书的日期", "Day of the document"),
    "authority": Bilingual("出具文书的机关", "Organ that issues the document"),
    "contact": Bilingual("可以找谁问、电话", "Whom to ask, with telephone"),
    "applicant": Bilingual("申请人", "Applicant"),
    "recipient": Bilingual("收到文书的人", "Who received the document"),
    "service": Bilingual("申请办理的事项", "Service applied for"),
    "case_number": Bilingual("办件编号", "Number of the case"),
    "materials": Bilingual("收到的材料，每行一份", "Materials received, one a line"),
    "received_on": Bilingual("收到申请的日期", "Day on which the application came in"),
    "accepted_on": Bilingual("受理日期", "Day of acceptance"),
    "due_on": Bilingual("承诺办完的日期", "Day by which it is promised"),
    "statutory_due_on": Bilingual("法律规定最晚办完的日期", "Last day that the law allows"),
    "missing": Bilingual("要补的内容，每行一项", "What must be completed or put right, one a line"),
    "correct_by": Bilingual("最晚补交的日期", "Last day for handing it in"),
    "reasons": Bilingual("理由", "Reasons"),
    "legal_basis": Bilingual("依据的法律条款", "Articles of law it rests on"),
    "extension": Bilingual("延长的时间", "By how long the time is extended"),
    "result": Bilingual("发给的证照或者批文", "Licence or approval that is issued"),
    "valid_until": Bilingual("有效期", "For how long it is valid"),
    "review_body": Bilingual("行政复议机关", "Organ for administrative reconsideration"),
    "court": Bilingual("有管辖权的人民法院", "People's court in charge"),
    "conditions": Bilingual("要符合的条件，每行一条", "Conditions to be met, one a line"),
    "commitments": Bilingual("申请人承诺的内容，每行一条", "What the applicant promises, one a line"),
    "consequences": Bilingual("没有做到的后果", "What follows if the promise is not kept"),
    "decided_on": Bilingual("原决定的日期", "Day of the decision"),
    "decision_number": Bilingual("原决定的文书编号", "Number of the decision"),
    "remedy_by": Bilingual("最晚整改的日期", "Last day for putting it right"),
    "review_by": Bilingual("最晚复核的日期", "Last day for the review"),
    "outcome": Bilingual("复核结论", "What the review has come to"),
    "ground": Bilingual("法定情形", "Ground in law"),
    "effect": Bilingual("结束的方式", "How it would end"),
    "state_by": Bilingual(
        "最晚陈述、申辩和要求听证的日期", "Last day for stating, defending and asking for a hearing"
    ),
    "hearing_right": Bilingual("能不能要求听证", "Whether a hearing can be asked for"),
    "hearing_on": Bilingual("听证时间", "When the hearing is held"),
    "hearing_at": Bilingual("听证地点", "Where the hearing is held"),
    "answer": Bilingual("对陈述、申辩意见的答复", "Answer to what the holder has stated"),
    "renewed_from": Bilingual("新的有效期开始的日期", "First day of the new term"),
    "old_dates": Bilingual("原来告知的日期，每行一个", "Days told before, one a line"),
    "new_dates": Bilingual("现在的日期，每行一个", "Days as they are now, one a line"),
    "appointed_on": Bilingual("上门核查的时间", "When officers come to look at the place"),
    "visitors": Bilingual("由谁上门核查", "Who comes"),
    "looks": Bilingual("要看的内容，每行一项", "What they look at, one a line"),
    "counted": Bilingual("核查用多少时间、算不算在期限里", "How long it takes, and whether that time counts"),
    "visited_on": Bilingual("核查日期", "Day of the visit"),
    "found": Bilingual("核查发现，每行一项", "What was found, one a line"),
    "result_of_visit": Bilingual("核查结论", "What the visit has come to"),
    "delivered": Bilingual("送达的文书名称和编号", "Document delivered, with its number"),
    "delivery_way": Bilingual("送达方式", "How it was delivered"),
    "delivered_on": Bilingual("送达日期", "Day of delivery"),
}
"""Name -> what it stands for. A pack can use these and no others; a value of several lines keeps its lines."""

_ALWAYS: Final = (
    "number", "date", "authority", "contact", "applicant", "service", "case_number", "received_on", "legal_basis",
)  # fmt: skip
_TAKEN_BACK: Final = (
    "ground", "reasons", "answer", "decided_on", "decision_number", "result", "review_body", "court",
)  # fmt: skip
FILLED: Final[Mapping[DocumentKind, frozenset[str]]] = {
    kind: frozenset((*_ALWAYS, *more))
    for kind, more in {
        DocumentKind.RECEIPT: ("materials",),
        DocumentKind.CORRECTION: ("missing", "correct_by"),
        DocumentKind.DEEMED_ACCEPTANCE: ("accepted_on", "due_on", "statutory_due_on"),
        DocumentKind.DEEMED_RENEWAL: ("reasons", "decided_on", "renewed_from", "result", "valid_until"),
        DocumentKind.ENDING_NOTICE: (
            "ground", "effect", "reasons", "decided_on", "decision_number", "result", "state_by", "hearing_right",
        ),
        DocumentKind.HEARING_NOTICE: ("ground", "effect", "decided_on", "decision_number", "hearing_on", "hearing_at"),
        DocumentKind.NEW_DATES: ("old_dates", "new_dates", "reasons"),
        DocumentKind.ACCEPTANCE: ("accepted_on", "due_on", "statutory_due_on"),
        DocumentKind.NON_ACCEPTANCE: ("reasons", "review_body", "court"),
        DocumentKind.SPECIAL_PROCEDURE: ("reasons",),
        DocumentKind.EXTENSION: ("reasons", "extension", "due_on", "statutory_due_on"),
        DocumentKind.GRANT: ("reasons", "result", "valid_until"),
        DocumentKind.REFUSAL: ("reasons", "review_body", "court"),
        DocumentKind.APPROVAL: ("reasons", "result", "valid_until"),
        DocumentKind.REJECTION: ("reasons", "review_body", "court"),
        DocumentKind.DELIVERY: ("delivered", "delivery_way", "delivered_on", "recipient"),
        DocumentKind.TOLERANCE: (
            "accepted_on", "due_on", "statutory_due_on", "missing", "correct_by", "consequences", "commitments",
        ),
        DocumentKind.COMMITMENT: ("conditions", "commitments", "consequences"),
        DocumentKind.VERIFICATION: ("reasons", "decided_on", "decision_number", "commitments"),
        DocumentKind.REMEDY: ("reasons", "decided_on", "decision_number", "commitments", "remedy_by", "consequences"),
        DocumentKind.OBJECTION: ("reasons", "decided_on", "decision_number", "review_by"),
        DocumentKind.REVIEW: ("reasons", "decided_on", "decision_number", "outcome", "review_body", "court"),
        DocumentKind.ANNULMENT: (*_TAKEN_BACK,),
        DocumentKind.RECALL: (*_TAKEN_BACK,),
        DocumentKind.CANCELLATION: (*_TAKEN_BACK,),
        DocumentKind.INSPECTION: ("reasons", "appointed_on", "visitors", "looks", "counted"),
        DocumentKind.INSPECTION_RECORD: ("visited_on", "visitors", "found", "result_of_visit"),
        DocumentKind.TERMINATION: ("reasons", "review_body", "court"),
        DocumentKind.WITHDRAWAL: ("reasons",),
    }.items()
}  # fmt: skip
"""What a case can fill in a document of each kind; a case issues every one of them by itself."""

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_MARKS: Final = re.compile(r"[\\`*_{}\[\]<>#|~!&$^=+@]|(?<=www)\.|:(?=//)")
_LIST: Final = re.compile(r"^(?:(\d{1,9})(?=[.)])|(?=-))")


class UnknownPlaceholder(ValueError):
    """A name in braces, or the name of a value, that is not among `PLACEHOLDERS`."""


class MissingValue(ValueError):
    """A name that the template uses and for which no value, or an empty one, was given."""


def placeholders(template: str) -> Iterator[str]:
    """What stands in braces, as written and in order, known or not; a name used twice comes twice."""
    return (found[1] for found in _BRACES.finditer(template))


def has_stray_brace(template: str) -> bool:
    """Whether a brace stands alone: `{applicant` without its end is printed and never filled."""
    return any(mark in _BRACES.sub("", template) for mark in "{}")


def fill(document: Document, values: Mapping[str, str], language: str) -> str:
    """The whole document in one language as Markdown, its title as the heading.

    `values` may hold more names than this document uses. Raises UnknownPlaceholder for a name that no document knows,
    in the values or in the template, and MissingValue for names without a value; each tells all of them at once.
    """
    template = f"# {document.title.get(language)}\n\n{document.body.get(language).strip()}\n"
    used = tuple(dict.fromkeys(placeholders(template)))
    if unknown := [name for name in (*values, *used) if name not in PLACEHOLDERS]:
        raise UnknownPlaceholder(f"document {document.id}: {_each(unknown)}")
    if missing := [name for name in used if not values.get(name, "").strip()]:
        raise MissingValue(f"document {document.id} has no value for {', '.join(missing)}")
    return _BRACES.sub(lambda found: as_text(values[found[1]]), template)


def as_text(value: str) -> str:
    """A value as Markdown that reads exactly as written; its lines stay lines, empty ones fall away.

    CommonMark and the extensions for tables, struck text, formulas and bare links are all neutralised.
    """
    lines = (line.strip() for line in value.splitlines())
    return "\\\n".join(_line(line) for line in lines if line)


def _line(line: str) -> str:
    escaped = _MARKS.sub(lambda found: "\\" + found[0], line)
    return _LIST.sub(lambda found: (found[1] or "") + "\\", escaped)


def _each(unknown: Iterable[str]) -> str:
    hints = ((name, names.did_you_mean(name, PLACEHOLDERS)) for name in dict.fromkeys(unknown))
    return "; ".join(
        f'there is no placeholder "{name}"' + (f" ({hint})" if hint else "") for name, hint in hints
    )
