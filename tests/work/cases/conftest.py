"""Fixtures of this room's tests."""

from tests.factories.clamd import clamd
from tests.factories.neighbours import neighbour
from tests.records.catalogue.offices import offices
from tests.work.cases.officer_desk import desk

__all__ = ["clamd", "desk", "neighbour", "offices"]
