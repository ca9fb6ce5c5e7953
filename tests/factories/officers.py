"""Officers and applicants beyond those of the demo: an officer for any organ of the pack, a firm with its representative."""

from __future__ import annotations

from typing import Any

from stdnum.iso7064 import mod_11_2

from tests.factories.fixtures import City


def officer_of(city: City, organisation: str, which: str = "") -> Any:
    """The account of an officer of this organ, appointed when asked for the first time; of another one by `which`."""
    from tongban.base.identity import actions, queries
    from tongban.base.kit.acting import system

    username = f"officer-{organisation}{which}"
    account = queries.account_by_name(username)
    if account is None:
        pack: Any = city.pack
        acting = system(city.now, pack.manifest.jurisdiction, "test")
        account = person(city, username, "官若水")
        actions.appoint(
            acting=acting, account=account, organisation=organisation, role="officer", place=acting.place
        )
    return account


def person(city: City, username: str, name: str) -> Any:
    """An account with a resident number of its own, and no licence."""
    from tongban.base.identity import actions, models
    from tongban.base.kit.acting import system

    pack: Any = city.pack
    number = f"99010119800101{models.Subject.objects.count() % 1000:03}"
    return actions.register_person(
        acting=system(city.now, pack.manifest.jurisdiction, "test"), username=username, name=name, name_en="",
        identifier=number + mod_11_2.calc_check_digit(number),
    )  # fmt: skip


def firm(city: City, username: str, name: str, code: str) -> Any:
    """A firm that is in no register yet; `username` represents it. Returns the firm."""
    from tongban.base.identity import actions
    from tongban.base.kit.acting import system

    pack: Any = city.pack
    return actions.register_enterprise(
        acting=system(city.now, pack.manifest.jurisdiction, "test"), name=name, identifier=code,
        representative=person(city, username, "闻人知微").person,
    )  # fmt: skip
