"""The wallet, one licence, the public answer; and the same over the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image
from tests.records.licences.small_city import NOW, PLACE, Place

from tongban.base.identity.models import Post
from tongban.base.kit.refusals import NotFound
from tongban.records.licences import actions, api, pages

pytestmark = pytest.mark.django_db


PLAIN_STORAGE = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The door's clock, and static files that nobody has collected."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=1))
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STORAGE}


@pytest.fixture
def shown(place: Place) -> dict[str, Any]:
    """A shopkeeper with a permit, signed in; the page client speaks English."""
    account = place.account("lin", place.subject("林晓晨", kind="person"))
    licence = place.issue(account.person)
    client = Client(headers={"accept-language": "en"})
    client.force_login(account)
    return {"account": account, "licence": licence, "client": client}


def get(client: Client, name: str, *args: object, status: int = 200) -> str:
    response = client.get(reverse(f"licences:{name}", args=args))
    assert response.status_code == status, response
    return response.content.decode()


def verify(**data: Any) -> Any:
    return Client(headers={"accept-language": "en"}).post(reverse("licences:verify"), data)


def drawn(svg: str) -> Image.Image:
    """The QR code of an inline SVG as pixels: segno draws one horizontal stroke for each run of dark modules."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]
    image = Image.new("L", (size, size), 255)
    path = re.findall(r' d="(M[^"]+)"', svg)[-1]
    x = y = 0.0
    for command, text in re.findall(r"([Mmh])([^Mmh]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        if command == "h":
            image.paste(0, (int(x), int(y), int(x + numbers[0]), int(y) + 1))
            x += numbers[0]
        else:
            x, y = numbers if command == "M" else (x + numbers[0], y + numbers[1])
    return image.resize((size * 4, size * 4), Image.Resampling.NEAREST)


def test_the_wallet_shows_each_licence_and_leads_to_it(shown: dict[str, Any]) -> None:
    page = get(shown["client"], "wallet")
    assert "Food business permit" in page
    assert "Valid until" in page
    assert reverse("licences:licence", args=[shown["licence"].id]) in page


def test_an_empty_wallet_says_how_it_fills(place: Place) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(place.account("new"))
    page = get(client, "wallet")
    assert "No licences yet" in page
    assert 'href="/services"' in page


def test_a_licence_page_shows_its_fields_and_a_code_that_scanners_read(shown: dict[str, Any]) -> None:
    licence = shown["licence"]
    page = get(shown["client"], "licence", licence.id)
    for text in ("青石街 18 号", licence.number, licence.identifier, "Demo City Market Regulation"):
        assert text in page
    link = f"http://testserver/verify/{licence.code}"
    assert f'href="{link}"' in page
    svg = re.search(r'role="img"[^>]*>(<svg.*?</svg>)', page, re.S)
    assert svg
    assert [code.text for code in zxingcpp.read_barcodes(drawn(svg[1]))] == [link]


def test_a_name_is_text_and_never_markup(place: Place) -> None:
    account = place.account("mallory", place.subject("<script>alert(1)</script>", kind="person"))
    licence = place.issue(account.person)
    client = Client()
    client.force_login(account)
    for page in (
        get(client, "wallet"), get(client, "licence", licence.id), get(client, "verify_code", licence.code),
    ):  # fmt: skip
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_downloaded_file_verifies_when_it_is_uploaded(shown: dict[str, Any]) -> None:
    response = shown["client"].get(reverse("licences:download", args=[shown["licence"].id]))
    assert response["Content-Type"] == "application/dc+sd-jwt"
    assert response["Content-Disposition"].startswith("attachment;")
    answer = verify(file=SimpleUploadedFile("permit.sdjwt", response.content))
    assert "Valid: issued by Demo City Market Regulation to 林晓晨" in answer.content.decode()


def test_others_get_404_and_visitors_are_asked_to_sign_in(shown: dict[str, Any], place: Place) -> None:
    other = Client()
    other.force_login(place.account("other"))
    for name in ("licence", "download"):
        get(other, name, shown["licence"].id, status=404)
        get(other, name, uuid4(), status=404)
        response = Client().get(reverse(f"licences:{name}", args=[shown["licence"].id]))
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in?")


def test_an_officer_of_the_office_reads_and_the_holder_sees_it(shown: dict[str, Any], place: Place) -> None:
    officer = place.account("officer")
    Post.objects.create(
        account=officer, organisation="city-market", role="officer", place=PLACE, valid_from=NOW
    )
    client = Client()
    client.force_login(officer)
    get(client, "licence", shown["licence"].id)
    get(client, "wallet", status=404)
    assert "Looked at" in get(shown["client"], "licence", shown["licence"].id)


# -- the public page --------------------------------------------------------------------------------------


def test_the_code_leads_to_the_answer_and_to_no_other_field(shown: dict[str, Any]) -> None:
    licence = shown["licence"]
    page = get(Client(headers={"accept-language": "en"}), "verify_code", licence.code)
    assert "Valid: issued by Demo City Market Regulation to 林晓晨, valid until 2031-11-24." in page
    assert licence.number[-4:] in page
    for hidden in (licence.number, licence.identifier, "青石街", str(licence.id), str(licence.holder_id)):
        assert hidden not in page


def test_a_pasted_licence_gets_the_same_answer_and_shows_no_more(shown: dict[str, Any]) -> None:
    wrapped = "\n".join(re.findall(".{1,70}", shown["licence"].token))
    page = verify(token=f"  {wrapped}\n").content.decode()
    assert "Valid: issued by" in page
    assert "asked just now" in page
    assert "青石街" not in page
    assert shown["licence"].number not in page


def test_the_code_may_be_typed_or_its_link_pasted(shown: dict[str, Any]) -> None:
    code = shown["licence"].code
    for given in (code, f"https://elsewhere.example/verify/{code}"):
        response = verify(token=given)
        assert (response.status_code, response["Location"]) == (302, f"/verify/{code}")


def test_a_code_nobody_was_given_is_404_and_not_ours(shown: dict[str, Any]) -> None:
    licence = shown["licence"]
    for code in (
        "A" * 22,
        licence.number,
        str(licence.id),
        licence.code[:-1],
        licence.code + "A",
        "../admin",
    ):
        response = Client(headers={"accept-language": "en"}).get(f"/verify/{code}")
        assert response.status_code == 404
        if "/" not in code:
            assert "not from a licence of this office" in response.content.decode()


def test_a_revoked_licence_is_said_to_be_revoked_at_once(shown: dict[str, Any], place: Place) -> None:
    licence = shown["licence"]
    actions.revoke(acting=place.officer("city-market"), licence=licence.id, reason="停业", version=1)
    page = get(Client(headers={"accept-language": "en"}), "verify_code", licence.code)
    assert "Revoked, not to be relied on" in page
    assert "停业" not in page
    assert "停业" in get(shown["client"], "licence", licence.id)


@pytest.mark.parametrize(
    "token", ["", "   ", "hello", "a.b.c~", "%PDF-1.7", "x" * 70_000, "\x00", "<script>alert(1)</script>"]
)
def test_whatever_is_pasted_gets_plain_words(place: Place, token: str) -> None:
    response = verify(token=token)
    assert response.status_code in (200, 422)
    assert "<script>alert" not in response.content.decode()
    assert "Valid: issued" not in response.content.decode()


def test_a_large_or_binary_file_gets_plain_words(place: Place) -> None:
    for data in (b"A" * 1_000_000, bytes(range(256)) * 4):
        response = verify(file=SimpleUploadedFile("x.sdjwt", data))
        assert response.status_code == 200
        assert "Not readable" in response.content.decode()


def test_the_trust_list_is_public_once_published(place: Place) -> None:
    get(Client(), "trust_list", status=404)
    path = actions.publish_trust_list(acting=place.system)
    assert get(Client(), "trust_list") == path.read_text()


def test_chinese_readers_get_chinese(shown: dict[str, Any]) -> None:
    page = get(Client(headers={"accept-language": "zh-CN"}), "verify_code", shown["licence"].code)
    assert "证照有效：由演示市市场监督管理局颁发给林晓晨，有效期至 2031-11-24。" in page


def test_every_page_says_who_may_come() -> None:
    views = (pages.wallet, pages.licence, pages.download, pages.verify, pages.verify_code, pages.trust_list)
    assert [view.access for view in views] == [
        "applicant",
        "signed-in",
        "signed-in",
        "public",
        "public",
        "public",
    ]
    assert (api.verify_licence.access, api.get_licence.access) == ("public", "signed-in")


# -- the API ----------------------------------------------------------------------------------------------


def asked(acting: Any) -> Any:
    request = RequestFactory().get("/")
    request.acting = acting  # type: ignore[attr-defined]
    return request


def test_the_api_gives_a_licence_to_its_holder_only(shown: dict[str, Any], place: Place) -> None:
    licence, holder = shown["licence"], place.applicant(shown["account"].person)
    answer = api.LicenceOut(**api.get_licence(asked(holder), licence.id))
    assert (answer.state, answer.fields["area"], answer.token) == ("valid", 46, licence.token)
    for acting in (place.applicant(place.subject("别人")), place.officer("city-police")):
        with pytest.raises(NotFound):
            api.get_licence(asked(acting), licence.id)


def test_the_api_verifies_and_holds_back_the_fields(shown: dict[str, Any], place: Place) -> None:
    answer = api.VerifyOut(
        **api.verify_licence(asked(place.system), api.VerifyIn(token=shown["licence"].token))
    )
    assert (answer.outcome, answer.holder, answer.checked_online) == ("valid", "林晓晨", True)
    assert "青石街" not in answer.model_dump_json()
    assert shown["licence"].number not in answer.model_dump_json()
    assert api.verify_licence(asked(place.system), api.VerifyIn(token="x"))["outcome"] == "unreadable"
