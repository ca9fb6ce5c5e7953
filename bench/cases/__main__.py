"""Submissions and the worklist, one after the other: `python -m bench.cases`. See `submit` and `worklist`."""

from __future__ import annotations

import sys

from bench.cases import submit, worklist
from bench.cases.million import CASES

if __name__ == "__main__":
    sys.exit(submit.main() | worklist.main(CASES))
