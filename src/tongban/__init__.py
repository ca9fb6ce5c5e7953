"""Tongban (通办): the operating software of a digital government."""

__version__ = "0.1.0"
