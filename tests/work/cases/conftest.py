"""Fixtures of this room's tests."""

from tests.work.cases.officer_desk import desk

__all__ = ["desk"]
