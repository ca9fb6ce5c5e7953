"""Who looks at the numbers: a desk with an officer of the data bureau beside the demo people."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.fixtures import NOON
from tests.work.cases.officer_desk import Desk, desk

from tongban.base.identity import actions as identity
from tongban.base.kit.acting import system

__all__ = ["desk", "office"]


@pytest.fixture
def office(desk: Desk) -> Any:
    """`desk` where `data-officer` serves the organ that owns the goals."""
    acting = system(NOON, "990100", "test")
    account = identity.register_person(
        acting=acting, username="data-officer", name="数据员", name_en="Data officer", identifier=None
    )
    organ = next(o for o in desk.city.pack.organisations.values() if o.authority == "data-bureau")
    identity.appoint(acting=acting, account=account, organisation=organ.id, role="officer", place="990100")
    return desk
