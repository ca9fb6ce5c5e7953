"""Fixtures of this room's tests."""

from tests.records.catalogue.offices import offices

__all__ = ["offices"]
