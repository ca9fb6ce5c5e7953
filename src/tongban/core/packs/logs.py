"""What the platform's own logs say about one record each: the vocabulary of indicator rules.

    log            one record is                                  filled by
    cases          one service handled by one authority           work/cases
    applications   what a person submitted for one life event     work/cases
    entitlements   one policy that is due to one subject          work/policies
    tickets        one complaint to one unit                      work/hotline

A writer of a log gives every fact of a record a value, or says that it is known to be absent: an open case has no
`closed_on`, a service without a term in law no `statutory_days`. Nothing in a log is unknown. Days are working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tongban.core.rules import types
from tongban.core.values.text import Bilingual


@dataclass(frozen=True, slots=True)
class Measure:
    """One fact about each record of a log."""

    id: str
    type: types.Type
    label: Bilingual


def vocabulary(log: str) -> types.Vocabulary:
    """The names that a rule over this log may use. Raises KeyError for a log that does not exist."""
    facts = {name: measure.type for name, measure in LOGS[log].items()}
    return types.Vocabulary(facts=facts, parameters={}, code_lists={})


def _log(rows: str) -> Mapping[str, Measure]:
    """A log from lines of `id type[:unit] | Chinese | English`."""
    measures: dict[str, Measure] = {}
    for row in rows.strip().splitlines():
        left, zh, en = (part.strip() for part in row.split("|"))
        name, kind = left.split()
        type_name, _, unit = kind.partition(":")
        measures[name] = Measure(name, types.parse_type(type_name, unit=unit or None), Bilingual(zh, en))
    return MappingProxyType(measures)


LOGS: Final[Mapping[str, Mapping[str, Measure]]] = MappingProxyType(
    {
        "cases": _log("""
            service             text          | 事项               | Service
            event               text          | 一件事             | Life event
            authority           text          | 承办部门           | Authority in charge
            organisation        text          | 承办机关           | Organisation in charge
            place               text          | 所在地区           | Place
            submitted_on        date          | 提交日期           | Submitted on
            closed              boolean       | 已办结             | Closed
            closed_on           date          | 办结日期           | Closed on
            granted             boolean       | 准予               | Granted
            automatic           boolean       | 系统自动办理       | Granted by the system
            tolerant            boolean       | 容缺受理           | Accepted with materials to follow
            actual_days         integer:days  | 实际用时（不含中止） | Days used, without stopped ones
            promised_days       integer:days  | 承诺时限           | Days promised
            statutory_days      integer:days  | 法定时限           | Days by law
            stopped_days        integer:days  | 中止天数           | Days stopped
            on_time             boolean       | 按承诺时限办结     | Closed within the promised term
            corrections         integer       | 补正通知次数       | Correction notices
            materials_required  integer       | 应提交材料数       | Materials required
            materials_exempt    integer       | 免提交材料数       | Materials met without the applicant
        """),
        "applications": _log("""
            event               text          | 一件事             | Life event
            place               text          | 所在地区           | Place
            submitted_on        date          | 提交日期           | Submitted on
            cases               integer       | 事项数             | Cases
            closed              boolean       | 全部办结           | All cases closed
            visits              integer       | 跑动次数           | Visits
            rating              integer       | 评价等级（1 至 5） | Rating from 1 to 5
            materials_required  integer       | 应提交材料数       | Materials required
            materials_uploaded  integer       | 上传材料数         | Materials uploaded
        """),
        "entitlements": _log("""
            policy              text          | 政策               | Policy
            place               text          | 所在地区           | Place
            amount              money         | 金额               | Amount
            confirmed           boolean       | 已确认             | Confirmed
            refused             boolean       | 已放弃             | Refused
            contested           boolean       | 有异议             | Contested
            paid                boolean       | 已兑付             | Paid
            due_on              date          | 应兑付日期         | Due on
        """),
        "tickets": _log("""
            complaint_class     text          | 诉求分类           | Class of complaint
            time_class          text          | 时限类别           | Time class
            place               text          | 所在地区           | Place
            organisation        text          | 承办单位           | Organisation in charge
            received_on         date          | 受理日期           | Received on
            closed              boolean       | 已办结             | Closed
            on_time             boolean       | 按时反馈           | Answered in time
            responded_in_time   boolean       | 按时联系           | Contacted in time
            called_back         boolean       | 回访成功           | Called back
            solved              boolean       | 已解决             | Solved
            satisfied           boolean       | 满意               | Satisfied
            disputed            boolean       | 有退单争议         | Disputed by the unit
        """),
    }
)
"""Log -> fact -> its type and its words."""
