"""A rule written into a pack: at its address, and only if the whole pack stays sound."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from tongban.base.directory import sources
from tongban.core.packs import loader, names, rewriting, rule_places, tree
from tongban.core.packs.pack import Pack, Position
from tongban.core.packs.rule_places import Place
from tongban.core.rules.formatting import format_rule
from tongban.doors.cli import packs, scaffold
from tongban.doors.cli.rules.given import echo


@dataclass(frozen=True, slots=True)
class _Change:
    """What one content file is to hold."""

    target: Path
    key: str
    """As the layers call it."""
    before: bytes | None
    after: bytes


class Into:
    """A pack and the address in it at which a rule is to stand."""

    def __init__(self, folder: Path, address: str, language: str) -> None:
        """Exit 1 with every problem that the pack has already. Raises ClickException for no address in it."""
        root = folder.resolve()
        if not (root / "pack.yaml").is_file():
            raise click.ClickException(
                f"{folder}：不是内容包，里面没有 pack.yaml。"
                if language == "zh"
                else f"{folder} is no pack: it has no pack.yaml."
            )
        self.pack: Pack = packs.read_clean(folder, language)  # what is wrong already is mended first
        self._files = sources.read_layers(root.parent, root.name, packs.folder())
        content = packs.read(folder).content
        assert content is not None
        self._content = content
        self._folder, self._layer, self._language = folder, root.name, language
        self.place = self._place(address)

    def write(self, text: str, name: str | None, *, came_from: str, replace: bool, dry_run: bool) -> None:
        """Show what changes, check the whole pack with it, and write. Raises ClickException, having written nothing."""
        text = format_rule(text).text or text
        address, held = self.place.address, self._held()
        if held is not None and (format_rule(held).text or held) == text:
            echo(
                self._say(
                    f"{address}：已经是这条规则，不用写。",
                    f"{address} holds this rule already; nothing to write.",
                )
            )
            return
        change = self._change(text, name)
        for line in _difference(change):
            echo(line)
        if held is not None and not replace:
            holder = self._held_at()
            raise click.ClickException(
                self._say(
                    f"{address}：{holder} 已有另一条规则，没有写。要换成这一条，加 --replace。",
                    f"{address} holds another rule already, at {holder}. Nothing is written; --replace puts this one there.",
                )
            )
        self._require_sound(change, came_from)
        if dry_run:
            echo(self._say(f"{address}：将写入 {change.target}。检查通过，没有写。", f"{address} would be written to {change.target}. The checks pass; nothing is written."))  # fmt: skip
            return
        self._save(change)
        echo(self._say(f"{address}：已写入 {change.target}。接着试：tongban pack test {self._folder}", f"{address} is written to {change.target}. Next: tongban pack test {self._folder}"))  # fmt: skip

    def _say(self, chinese: str, english: str) -> str:
        return chinese if self._language == "zh" else english

    def _place(self, address: str) -> Place:
        every = {place.address: place for place in rule_places.places(self.pack)}
        if address in every:
            return every[address]
        near = names.did_you_mean(address, every)
        known = next((one for one in every if one.split("#")[0] == address.split("#")[0]), None)
        if near is None and known is not None:
            near = ", ".join(one for one in every if one.split("#")[0] == address.split("#")[0])
        hint = self._say(near.replace("did you mean", "是不是").replace("?", "？"), near) if near else ""
        raise click.ClickException(
            self._say(
                f"{self._folder} 里没有可以放规则的 {address!r}。" + (hint or "规则的地址用 tongban rule list --pack 查看；条目和条件要先写好名称和依据。"),
                f"{self._folder} has no place for a rule {address!r}"
                + (f" ({hint})." if hint else ". `tongban rule list --pack` names those that are there; an entry or a condition with its words and articles is written first."),
            )
        )  # fmt: skip

    def _held(self) -> str | None:
        """The rule that is written there; what holds by default is none."""
        merged = self._content.merged[self.place.folder][self.place.entry]
        part = tree.at(merged.table, self.place.path[:-1])
        return self.place.text if tree.child(part, self.place.field) else None

    def _held_at(self) -> str:
        merged = self._content.merged[self.place.folder][self.place.entry]
        return self._on_disk(tree.at(merged.table, self.place.path).position)

    def _on_disk(self, position: Position) -> str:
        layer = position.file.split("/")[0]
        return f"{sources.holder(layer, self._folder.parent, packs.folder())}/{position}"

    def _change(self, text: str, name: str | None) -> _Change:
        """The file with the rule: where the layer speaks of it already, or else at the end of a file of the layer."""
        place, layer = self.place, f"{self._layer}/"
        where = self._own_entry() if len(place.path) == 1 else self._part()
        try:
            if where is not None:
                before = self._files[where.file]
                source = before.decode("utf-8-sig")
                after = rewriting.put(source, where, place.field, text, place.order)
                key = where.file
            else:
                name = name or place.entry
                scaffold.require_id(name)
                key = f"{layer}{place.folder}/{name}.yaml"
                before = self._files.get(key)
                source = (before or b"").decode("utf-8-sig")
                after = rewriting.append(source, place.entry, place.field, text)
        except rewriting.CannotPut as cannot:
            raise click.ClickException(
                self._say(
                    f"{place.address}：写不进去，请手工写（{cannot}）。",
                    f"{place.address} cannot be written there, so write it by hand: {cannot}.",
                )
            ) from cannot
        mark = b"\xef\xbb\xbf" if before and before.startswith(b"\xef\xbb\xbf") else b""
        target = self._folder / key.removeprefix(layer)
        return _Change(target, key, before, mark + after.encode())

    def _own_entry(self) -> Position | None:
        """Where the layer speaks of the entry, if it does."""
        for key in sorted(self._files):
            if key.startswith(f"{self._layer}/{self.place.folder}/") and key.endswith(".yaml"):
                node, _ = tree.read(key, self._files[key])
                for item in node.items if isinstance(node, tree.List) else ():
                    found = tree.child(item, "id")
                    if isinstance(found, tree.Scalar) and found.text == self.place.entry:
                        return item.position
        return None

    def _part(self) -> Position:
        """Where a part of the entry stands. Raises ClickException when it stands in a layer below."""
        merged = self._content.merged[self.place.folder][self.place.entry]
        part = tree.at(merged.table, self.place.path[:-1]).position
        holder, _, _ = part.file.partition("/")
        if holder == self._layer:
            return part
        address, field = self.place.address, self.place.path[0]
        raise click.ClickException(
            self._say(
                f"{address}：在下层 {holder} 里（{self._on_disk(part)}）。写到那一层，或先在 {self._folder} 里把 {field} 的这一项写好。",
                f"{address} stands in the layer {holder}, at {self._on_disk(part)}. Write into that layer, or write this part of"
                f" {field} in {self._folder} first.",
            )
        )

    def _require_sound(self, change: _Change, came_from: str) -> None:
        problems = loader.load({**self._files, change.key: change.after}, self._layer).problems
        if not problems:
            return
        for problem in problems:
            told = packs.told(problem, self._language)
            # of a file that is not written the reader cannot look up the line
            where = came_from if problem.position.file == change.key else self._on_disk(problem.position)
            echo(f"{where}: {told.message}" + (f" ({told.hint})" if told.hint else ""), err=True)
        raise click.ClickException(
            self._say(
                f"这样写，内容包就有 {len(problems)} 个问题，所以什么也没有写。",
                f"With it the pack has {len(problems)} problems. Nothing is written.",
            )
        )

    def _save(self, change: _Change) -> None:
        """The file appears whole or stays as it was."""
        target = change.target.resolve()
        draft = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            if (target.read_bytes() if target.exists() else None) != change.before:
                raise click.ClickException(
                    self._say(f"{change.target}：刚被别人改过，没有写。请再来一次。", f"{change.target} has just been changed by somebody else. Nothing is written; try again.")
                )  # fmt: skip
            target.parent.mkdir(exist_ok=True)
            try:
                draft.write_bytes(change.after)
                if target.exists():
                    shutil.copymode(target, draft)
                os.replace(draft, target)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise click.ClickException(f"{change.target}: {error.strerror}") from error


def _difference(change: _Change) -> Iterator[str]:
    before = (change.before or b"").decode("utf-8-sig").splitlines()
    after = change.after.decode("utf-8-sig").splitlines()
    name = str(change.target)
    yield from difflib.unified_diff(
        before, after, name if change.before is not None else os.devnull, name, lineterm="", n=2
    )
