"""What the tests of files stand on."""

from tests.factories.clamd import clamd

__all__ = ["clamd"]
