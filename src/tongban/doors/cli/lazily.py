"""A command group whose commands are loaded when one of them is run: `tongban stop` does not wait for the rule parser."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click


class Lazy(click.Group):
    """Commands by name, each as `module:attribute`. Listing them for --help loads all."""

    places: Mapping[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command), place
        return found
