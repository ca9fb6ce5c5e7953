"""An official document as PDF: A4, tagged for screen readers (PDF/A-2a and PDF/UA-1), the font embedded as a subset.

The same letter always gives the same bytes: the day of the document stands for every date that a PDF holds. Words go
to the typesetter as data, never as its markup, so nothing that a person wrote can act in it.

    RuntimeError
    └── CannotTypeset   the typesetter or its font is not installed; `tongban doctor` says how to get it
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tongban.base.notices.letter import Letter

FONTS: Final = {"zh-hans": "Noto Sans CJK SC", "zh-hant": "Noto Sans CJK TC", "en": "Noto Sans CJK SC"}
MOST_ODD: Final = 100
TONGUES: Final = {"zh-hans": ["zh", "CN"], "zh-hant": ["zh", "TW"], "en": ["en", None]}
"""Language and region: a PDF has no room for a script."""
STANDARDS: Final = ("a-2a", "ua-1")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})
_UNKNOWN: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_INVISIBLE: Final = dict.fromkeys(
    code for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)) if code != 0x0A
)  # fmt: skip
"""Control characters but line breaks, and those that turn the direction of writing."""
_SEAL: Final = ("（盖章）", "（蓋章）", " (seal)")


class CannotTypeset(RuntimeError):
    """Documents cannot be made here; they stay readable as pages."""


def pdf(letter: Letter) -> bytes:
    """The letter as PDF. Raises CannotTypeset."""
    with translation.override(letter.language):
        words = {
            "seal": _("Place of the seal. This is a placeholder: no seal is set."),
            "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        }
    data = {
        "number": letter.number,
        "title": letter.title.translate(_INVISIBLE),
        "authority": letter.authority.translate(_INVISIBLE),
        "day": [letter.issued_on.year, letter.issued_on.month, letter.issued_on.day],
        "language": TONGUES[letter.language],
        "font": FONTS[letter.language],
        "words": words,
        "blocks": list(_signed(list(blocks(letter.text)), letter.authority)),
    }
    return _compile(json.dumps(data, ensure_ascii=False))


def problem() -> str:
    """Why no document can be made here; empty when all is well. For the doctor."""
    try:
        _fonts()
    except CannotTypeset as error:
        return str(error)
    return ""


def blocks(text: str) -> Iterator[dict[str, Any]]:
    """CommonMark as a list of blocks: {kind: heading|paragraph|list|quote, ...} with runs [{text, strong, emph}]."""
    for node in SyntaxTreeNode(_MARKDOWN.parse(text.translate(_INVISIBLE))).children:
        yield from _block(node)


def _block(node: SyntaxTreeNode) -> Iterator[dict[str, Any]]:
    if node.type == "heading":
        yield {"kind": "heading", "level": int(node.tag[1:]), "runs": _runs(node)}
    elif node.type == "paragraph":
        yield {"kind": "paragraph", "runs": _runs(node)}
    elif node.type in ("bullet_list", "ordered_list"):
        items = [[block for child in item.children for block in _block(child)] for item in node.children]
        yield {"kind": "list", "ordered": node.type == "ordered_list", "items": items}
    elif node.type == "hr":
        yield {"kind": "rule"}
    elif node.children:
        for child in node.children:
            yield from _block(child)
    elif node.content:  # code and whatever else is only text
        yield {
            "kind": "paragraph",
            "runs": [{"text": node.content.rstrip("\n"), "strong": False, "emph": False}],
        }


def _runs(node: SyntaxTreeNode, *, strong: bool = False, emph: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for child in node.children:
        if child.type in ("text", "code_inline", "html_inline"):
            found.append({"text": child.content, "strong": strong, "emph": emph})
        elif child.type in ("softbreak", "hardbreak"):
            text = "\n" if child.type == "hardbreak" else " "
            found.append({"text": text, "strong": strong, "emph": emph})
        else:
            found.extend(
                _runs(child, strong=strong or child.type == "strong", emph=emph or child.type == "em")
            )
    return found


def _signed(found: list[dict[str, Any]], authority: str) -> Iterator[dict[str, Any]]:
    """The organ and the day below it become the signature, beside which the seal belongs; without one it comes last."""
    waiting = True
    skip = False
    for block, following in pairwise([*found, None]):
        if skip:
            skip = False
        elif waiting and following is not None and block is not None and _is_organ(block, authority):
            waiting, skip = False, True
            yield {"kind": "signature", "lines": [block["runs"], following["runs"]]}
        elif block is not None:
            yield block
    if waiting:
        yield {"kind": "signature", "lines": []}


def _is_organ(block: dict[str, Any], authority: str) -> bool:
    if block["kind"] != "paragraph" or not authority:
        return False
    text = "".join(run["text"] for run in block["runs"]).strip()
    return any(text == authority + ending for ending in ("", *_SEAL))


def _compile(data: str) -> bytes:
    """Characters that the font does not have (rare names, pictures) are written as their code: 〔U+1F600〕."""
    fonts = _fonts()
    import typst

    for _attempt in range(MOST_ODD):
        try:
            made = typst.Compiler(font_paths=fonts).compile(
                _template(), format="pdf", sys_inputs={"letter": data}, pdf_standards=list(STANDARDS), timestamp=0
            )  # fmt: skip
        except typst.TypstError as error:
            odd = _UNKNOWN.search(str(error))
            if odd is None:
                raise CannotTypeset(f"the typesetter refused a document: {error}") from error
            for character in set(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), odd[1])):
                data = data.replace(character, f"〔U+{ord(character):04X}〕")
        else:
            assert isinstance(made, bytes)
            return made
    raise CannotTypeset(
        f"a document holds more than {MOST_ODD} different characters that its font does not have"
    )


@lru_cache(maxsize=1)
def _template() -> bytes:
    return resources.files("tongban.base.notices").joinpath("letter.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """The font with Chinese glyphs of the wheel: never one that happens to lie on this machine."""
    try:
        import noto_cjk_sans_otc  # noqa: F401  (only whether it is there)
        import typst
    except ImportError as error:
        raise CannotTypeset(
            f"{error.name} is not installed, so no document is made as PDF; run `make setup`"
        ) from error
    with resources.as_file(resources.files("noto_cjk_sans_otc")) as folder:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
        )
    if not set(FONTS.values()) <= set(fonts.families()):
        raise CannotTypeset(
            "the font of noto-cjk-sans-otc is damaged, so no document is made as PDF; run `make setup`"
        )
    return fonts
