"""Sets up the database of a node for a test of its processes: `python -m tests.factories.node_setup [APPLICANTS]`.

The demo's people and pack without its population, and as many applicants more as are asked for. Prints the place.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from stdnum.iso7064 import mod_11_2

from tongban.doors.cli import boot

APPLICANT = "demo-applicant-{}"


def identifier(n: int) -> str:
    """Resident number of an applicant."""
    number = f"99010119700101{n:03}"
    return number + mod_11_2.calc_check_digit(number)


def main(applicants: int) -> None:
    boot.django(owner=True)
    boot.prepare()
    from tongban.base.audit import actions as audit
    from tongban.base.identity import actions as identity
    from tongban.base.kit.acting import system
    from tongban.doors.demo import content

    now = datetime.now(UTC)
    audit.stamp(kind="demo", now=now)
    boot.install_packs(now)
    boot.publish_trust_list(now)
    content.load(now=now, population=False)
    acting = system(now, boot.place(), "test")
    for n in range(applicants):
        identity.register_person(
            acting=acting, username=APPLICANT.format(n), name="文既白", name_en="", identifier=identifier(n)
        )
    print(acting.place)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
