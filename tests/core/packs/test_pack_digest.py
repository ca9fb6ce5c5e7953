"""The digest names what a pack says, not how its files are laid out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.packs.shop_pack import LAND, files, load_pack

from tongban.core.packs import tree

DIGEST = load_pack(files()).digest


def test_the_digest_says_how_it_was_made():
    assert DIGEST.startswith("sha256:")
    assert len(DIGEST) == 71


def written(node: tree.Node, draw: st.DrawFn) -> str:
    """A node in flow style with its keys in any order, and line breaks where they do not matter."""
    space = draw(st.sampled_from(["", " ", "\n   ", " # why\n   "]))
    if isinstance(node, tree.Table):
        keys = draw(st.permutations(sorted(node.fields)))
        return "{" + f",{space} ".join(f"{key}: {written(node.fields[key], draw)}" for key in keys) + "}"
    if isinstance(node, tree.List):
        return "[" + f",{space} ".join(written(item, draw) for item in node.items) + "]"
    plain = node.value != node.text or node.text.isalnum()
    return node.text if plain else '"' + node.text.strip() + '"'


@st.composite
def other_layouts(draw: st.DrawFn) -> dict[str, bytes]:
    """The same entries, in any order, spread over any files, with comments and in another style."""
    laid = {
        path: content for path, content in files().items() if "/assets/" in path or path.endswith("pack.yaml")
    }
    for path, text in LAND.items():
        node, _ = tree.read(path, text.encode())
        if not isinstance(node, tree.List):
            continue
        for item in draw(st.permutations(node.items)):
            file = f"land/{path.split('/')[0]}/{draw(st.sampled_from('abc'))}.yaml"
            laid[file] = laid.get(file, b"# entries\n") + f"- {written(item, draw)}\n".encode()
    return dict(draw(st.permutations(sorted(laid.items()))))


@settings(max_examples=60, deadline=None)
@given(other_layouts())
def test_the_digest_does_not_depend_on_files_order_comments_or_style(laid: dict[str, bytes]):
    assert load_pack(laid).digest == DIGEST


def test_spelling_out_a_default_does_not_change_the_digest():
    spelled = LAND["services/all.yaml"].replace(
        "  form: [shop_name]", "  form: [shop_name]\n  fee_fen: 0\n  tolerance: null"
    )
    assert load_pack(files(land={"services/all.yaml": spelled})).digest == DIGEST


def test_tests_do_not_change_the_digest():
    without = {path: content for path, content in files().items() if "/tests/" not in path}
    assert load_pack(without, "land").digest == load_pack(files(), "land").digest


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("services/all.yaml", "promised: {amount: 10}", "promised: {amount: 9}"),
        ("life-events/all.yaml", "[shop-permit, receipt]", "[receipt, shop-permit]"),
        ("facts/all.yaml", "How large?", "How big?"),
        ("parameters/all.yaml", "60.5", "60.6"),
        ("calendars/all.yaml", "2026-12-31", "2026-12-30"),
        ("assets/seal.svg", 'r="4"', 'r="5"'),
        ("pack.yaml", "version: 1.0.0", "version: 1.0.1"),
    ],
)
def test_any_change_of_content_changes_the_digest(path: str, old: str, new: str):
    assert old in LAND[path]
    assert load_pack(files(land={path: LAND[path].replace(old, new)})).digest != DIGEST
