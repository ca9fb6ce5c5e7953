"""`tongban licence verify`: a file and a trust list are enough; neither database nor network."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.records.licences.small_city import NOW, Office

from tongban.records.licences import commands, document, sdjwt, trust

DAY = NOW.date().isoformat()


@pytest.fixture
def files(tmp_path: Path, office: Office, demo_pack: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a permit, its office's trust list, and nothing at home yet."""
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))
    head = document.Head("1.2.156.3005.2.X", "990100", NOW.date(), NOW.date(), NOW.date())
    kind = demo_pack.licences["food-permit"]
    values = {
        "number": "9901002026A",
        "name": "云边小馆",
        "address": "青石街\u202e 18 号\x1b[31m",
        "issuer": "演示市市场监督管理局",
    }
    claims, disclosable, always = document.claims_of(
        kind, head, values, number="9901002026A", holder_name="云边小馆"
    )
    token = sdjwt.issue(
        claims, disclosable=disclosable, always=always, vct="urn:tongban:licence:food-permit", issuer=office.id,
        key=office.key, kid=office.kid, issued_at=NOW - timedelta(hours=1), valid_to=NOW + timedelta(days=1),
    )  # fmt: skip
    (tmp_path / "permit.sdjwt").write_text(token + "\n")
    (tmp_path / "trust.json").write_text(json.dumps(trust.document_of([office.issuer], NOW)))
    return tmp_path


def run(*arguments: object, language: str = "en_GB.UTF-8") -> Result:
    env = {"LANG": language, "LC_ALL": "", "LC_MESSAGES": ""}
    return CliRunner().invoke(commands.licence, ["verify", *map(str, arguments)], env=env)


def test_a_good_licence_is_told_in_one_line_and_exit_0(files: Path) -> None:
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", DAY)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Valid: issued by Demo City Market Regulation to 云边小馆, valid until {DAY}."
    assert f"  Valid until  {DAY}" in lines
    assert f"trust list of {DAY}" in lines[-1]
    assert result.output.count("云边小馆") == 2  # not repeated as a field


def test_chinese_readers_are_answered_in_chinese(files: Path) -> None:
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", DAY, language="zh_CN.UTF-8")
    assert result.output.startswith(f"证照有效：由演示市市场监督管理局颁发给云边小馆，有效期至 {DAY}。")


def test_a_file_cannot_steer_the_terminal(files: Path) -> None:
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", DAY)
    assert "青石街" in result.output
    assert not {"\x1b", "\u202e"} & set(result.output)


def test_an_expired_licence_is_exit_1(files: Path) -> None:
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", "2030-01-01")
    assert result.exit_code == 1
    assert result.output.startswith(
        "Expired: issued by Demo City Market Regulation to 云边小馆, was valid until"
    )


def test_a_withdrawal_on_the_list_is_exit_1(files: Path, office: Office) -> None:
    made = trust.document_of([office.issuer], NOW)
    made["issuers"][0]["withdrawn"] = {trust.digest_of("1.2.156.3005.2.X"): "revoked"}
    (files / "trust.json").write_text(json.dumps(made))
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", DAY)
    assert result.exit_code == 1
    assert result.output.startswith("Revoked")


def test_a_forged_licence_shows_nothing_of_itself(files: Path) -> None:
    path = files / "permit.sdjwt"
    path.write_text(path.read_text().replace("~", "~AAAA~", 1))
    result = run(path, "--trust", files / "trust.json", "--at", DAY)
    assert result.exit_code == 1
    assert "云边小馆" not in result.output
    assert "Traceback" not in result.output


def test_the_json_answer_holds_every_field_of_the_file(files: Path) -> None:
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json", "--at", DAY, "--json")
    answer = json.loads(result.output)
    assert (answer["outcome"], answer["number"], answer["checked_online"]) == ("valid", "9901002026A", False)
    assert answer["issuer"] == {"zh": "演示市市场监督管理局", "en": "Demo City Market Regulation"}
    assert [entry["label"]["en"] for entry in answer["fields"]] == [
        "Permit number",
        "Business",
        "Premises",
        "Issued by",
    ]


def test_a_missing_trust_list_is_said_with_the_way_out(files: Path) -> None:
    for arguments in ([files / "permit.sdjwt"], [files / "permit.sdjwt", "--trust", files / "none.json"]):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "There is no trust list at" in result.output
        assert "tongban licence trust-list --write" in result.output


def test_the_nodes_own_list_is_the_default(files: Path) -> None:
    (files / "home").mkdir()
    (files / "home" / "trust-list.json").write_bytes((files / "trust.json").read_bytes())
    assert run(files / "permit.sdjwt", "--at", DAY).exit_code == 0
    printed = CliRunner().invoke(commands.licence, ["trust-list"])
    assert trust.parse(printed.output.encode()).issuers


def test_a_broken_list_or_file_is_a_plain_line(files: Path) -> None:
    (files / "trust.json").write_text('{"version": 9}')
    result = run(files / "permit.sdjwt", "--trust", files / "trust.json")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert run(files / "no-such-file").exit_code != 0


def test_verifying_loads_neither_django_nor_a_driver(files: Path) -> None:
    code = (
        "import sys; from tongban.records.licences.commands import licence; "
        f"r = licence(['verify', {str(files / 'permit.sdjwt')!r}, '--trust', {str(files / 'trust.json')!r}], standalone_mode=False)"
    )
    guarded = f"import sys\ntry:\n    {code.replace('; ', chr(10) + '    ')}\nexcept SystemExit: pass\nassert not {{'django', 'psycopg'}} & set(sys.modules)"
    ran = subprocess.run([sys.executable, "-c", guarded], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
