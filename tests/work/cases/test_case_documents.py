"""Official documents: which event issues which, the same words on page and PDF, kept once, for those who may read them."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from pdfminer.high_level import extract_text
from pypdf import PdfReader
from tests.base.notices.mailbox import Mailbox, mailbox  # noqa: F401  (a fixture)
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.work.cases.applicants import browser, portal, text  # noqa: F401  (a fixture)
from tests.work.cases.test_applicant_progress import lin, refuse, submitted

from tongban.base.audit import models as audited
from tongban.base.audit import verify
from tongban.base.files import queries as files
from tongban.base.notices import addresses, sending, typesetting
from tongban.base.notices import models as noticed
from tongban.base.notices import queries as notices
from tongban.work.cases import access, editions, letters, models, tasks
from tongban.work.cases.actions import corrections, decisions, drafts, handling, submission
from tongban.work.cases.letters import titles

Hear = Callable[..., int]


def deferring(city: City) -> tuple[models.Application, models.Case]:
    """Accepted although the design of the sign comes later."""
    acting = city.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting)
    drafts.take_back(acting=acting, application=draft.id, material="sign-design")
    drafts.defer(acting=acting, application=draft.id, material="sign-design", later=True)
    application = submission.submit(acting=acting, application=draft.id)
    case = application.cases.get(service="signboard")
    handling.accept(acting=city.acting("demo-urban"), number=case.number)
    return application, case


def document(application: models.Application, kind: str, case: models.Case | None = None) -> Any:
    found = notices.documents_of(application.id).filter(kind=kind)
    return (found if case is None else found.filter(about=case.id)).get()


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


def paragraphs(client: Any, number: str) -> list[str]:
    """The words of the letter as the page shows them, block by block, without marks and spacing."""
    page = text(client.get(f"/documents/{number}")).split("data-letter>")[1].split("</div>")[0]
    blocks = re.split(r"</?(?:p|li|ul|ol|h\d)>", page)
    return [words for block in blocks if (words := squeezed(unescape(re.sub(r"<[^>]+>", "", block))))]


def on_page(client: Any, number: str) -> str:
    return "".join(paragraphs(client, number))


def in_file(response: Any) -> str:
    """The words of the PDF as another library reads them, without spacing, page numbers and list marks."""
    assert response.headers["Content-Type"] == "application/pdf"
    return squeezed(extract_text(io.BytesIO(response.getvalue()))).replace("–", "")


def in_order(response: Any) -> str:
    """The words in the order in which they stand in the file, as a screen reader meets them."""
    pages = PdfReader(io.BytesIO(response.getvalue())).pages
    return squeezed("".join(page.extract_text() for page in pages))


def every_kind(city: City, hear: Hear) -> models.Application:
    """An application whose cases have issued nearly everything that a case can."""
    application, sign = deferring(city)
    market = city.acting("demo-market")
    food = application.cases.get(service="food-permit")
    check = application.cases.get(service="fire-check")
    handling.accept(acting=market, number=food.number)
    handling.suspend(acting=market, number=food.number, reasons="检验需要时间 (a test).")
    handling.resume(acting=market, number=food.number)
    handling.extend(acting=market, number=food.number, reasons="A second visit.")
    decisions.decide(acting=market, number=food.number, outcome="granted", reasons="All is in order.")
    refuse(city, check, "No second *exit*.")
    corrections.withdraw(acting=city.acting("demo-lin", for_firm=True), number=sign.number)
    hear(NOON + timedelta(hours=1))
    return application


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_page_and_pdf_say_the_same(city: City, hear: Hear, language: str) -> None:
    application = every_kind(city, hear)
    client = browser(city, "demo-lin", for_firm=True, language=language)
    found = list(notices.documents_of(application.id))
    assert {d.kind for d in found} == {
        "receipt", "acceptance-notice", "suspension-notice", "extension-notice", "decision", "commitment",
        "proof-of-delivery", "withdrawal-notice",
    }  # fmt: skip
    for one in found:
        shown, printed = on_page(client, one.number), in_file(client.get(f"/documents/{one.number}.pdf"))
        footer = re.compile(
            re.escape(one.number) + r"(?:第\d+页，共\d+页|第\d+頁，共\d+頁|Page\d+of\d+)\x0c?"
        )
        assert footer.search(printed), one.kind
        body = footer.sub("", printed)
        for seal in ("盖章处（占位，未盖章）", "蓋章處（佔位，未蓋章）", "Placeoftheseal.Thisisaplaceholder:nosealisset."):  # fmt: skip
            body = body.replace(seal, "")
        assert sorted(body) == sorted(shown), one.kind
        inside = in_order(client.get(f"/documents/{one.number}.pdf"))
        at = 0
        for block in paragraphs(client, one.number):
            assert block in inside[at:], (one.kind, block)
            at = inside.index(block, at) + len(block)
        assert one.number in shown


def test_the_file_is_kept_once_with_its_digest_in_the_audit(city: City, hear: Hear) -> None:
    application = submitted(city)
    found = document(application, "receipt")
    assert notices.editions_of(found) == {}
    hear()
    kept = notices.editions_of(found)
    assert set(kept) == set(letters.LANGUAGES)
    (entry,) = audited.Entry.objects.filter(action="document.printed", object_id=str(found.id))
    for language, edition in kept.items():
        upload = files.upload(edition.file)
        data = files.content(upload)
        assert hashlib.sha256(data).hexdigest() == edition.digest == upload.digest
        assert entry.detail["sha256"][language] == edition.digest
        assert (upload.owner, upload.uploaded_by) == (application.subject, None)
    assert verify.verify().sound
    # a second run of the job, and somebody asking for the file, change nothing
    acting: Any = city.acting("demo-lin", for_firm=True)
    assert editions.keep(acting=acting, found=found) is False
    client = lin(city)
    first, second = (client.get(f"/documents/{found.number}.pdf?lang=en").getvalue() for _ in range(2))
    assert first == second
    assert hashlib.sha256(first).hexdigest() == kept["en"].digest
    assert noticed.Edition.objects.filter(document=found).count() == len(letters.LANGUAGES)
    assert audited.Entry.objects.filter(action="document.printed", object_id=str(found.id)).count() == 1


def test_a_file_asked_for_before_the_worker_made_it_is_made_once(city: City, hear: Hear) -> None:
    found = document(submitted(city), "receipt")
    early = lin(city).get(f"/documents/{found.number}.pdf?lang=zh-hans").getvalue()
    hear()
    assert lin(city).get(f"/documents/{found.number}.pdf?lang=zh-hans").getvalue() == early
    assert noticed.Edition.objects.filter(document=found).count() == len(letters.LANGUAGES)


def test_what_was_issued_stays_as_it_was_when_the_firm_is_renamed(city: City, hear: Hear) -> None:
    application = submitted(city)
    found = document(application, "receipt")
    hear()
    before = on_page(lin(city), found.number)
    from tongban.base.identity import queries as identity

    firm = identity.subject(application.subject)
    type(firm).objects.filter(pk=firm.pk).update(name="改了名的店", name_en="Renamed")
    assert on_page(lin(city), found.number) == before
    assert "Renamed" not in before


def test_without_the_typesetter_the_page_stays_and_the_file_is_refused(
    city: City, hear: Hear, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def absent(letter: object) -> bytes:
        raise typesetting.CannotTypeset("typst is not installed")

    monkeypatch.setattr(typesetting, "pdf", absent)
    found = document(submitted(city), "receipt")
    hear()
    assert "is not there as a file yet" in caplog.text
    client = lin(city)
    assert client.get(f"/documents/{found.number}").status_code == 200
    refused = client.get(f"/documents/{found.number}.pdf")
    assert refused.status_code == 409
    assert "The page holds the same text" in text(refused)
    monkeypatch.undo()
    assert lin(city).get(f"/documents/{found.number}.pdf").status_code == 200


def test_progress_and_the_officers_page_link_to_page_and_file(city: City, hear: Hear) -> None:
    application = every_kind(city, hear)
    food = application.cases.get(service="food-permit")
    mine = text(lin(city).get(f"/applications/{application.number}"))
    theirs = text(browser(city, "demo-market").get(f"/office/cases/{food.number}"))
    for one in notices.documents_of(application.id).filter(about=food.id):
        for page in (mine, theirs):
            assert f'href="/documents/{one.number}"' in page
            assert f'href="/documents/{one.number}.pdf"' in page
    receipt = document(application, "receipt")
    assert f'href="/documents/{receipt.number}.pdf"' in text(
        lin(city).get(f"/applications/{application.number}/receipt")
    )


PEOPLE = ("demo-lin", "demo-shen", "demo-market", "demo-urban", "demo-fire", "demo-window", "demo-auditor")


def test_nobody_reads_a_document_of_a_case_that_is_not_theirs(city: City, hear: Hear) -> None:
    application = every_kind(city, hear)
    organs = {"demo-market": "qingqu-market-regulation", "demo-urban": "qingqu-urban-management", "demo-fire": "qingqu-fire-rescue"}  # fmt: skip
    for who in PEOPLE:
        for_firm = who == "demo-lin"
        acting: Any = city.acting(who, for_firm=for_firm)
        client = browser(city, who, for_firm=for_firm)
        listed = set(access.documents(acting).values_list("number", flat=True))
        for one in notices.documents_of(application.id):
            case = application.cases.filter(pk=one.about).first()
            may = (
                who in ("demo-lin", "demo-window")
                or (who in organs and (case is None or case.organisation == organs[who]))
            )  # fmt: skip
            assert (one.number in listed) is may, (who, one.kind)
            for link in (f"/documents/{one.number}", f"/documents/{one.number}.pdf"):
                assert client.get(link).status_code == (200 if may else 404), (who, link)


def test_a_visitor_signs_in_first_and_a_wrong_number_is_no_document(city: City) -> None:
    found = document(submitted(city), "receipt")
    from django.test import Client

    assert Client().get(f"/documents/{found.number}.pdf").status_code == 302
    assert lin(city).get("/documents/990100-R-2026-999999.pdf").status_code == 404


def test_a_tolerant_acceptance_names_the_promise_its_day_and_what_follows(city: City, hear: Hear) -> None:
    application, case = deferring(city)
    hear()
    page = on_page(lin(city), document(application, "acceptance-notice", case).number)
    assert "Noticeandpromiseontolerantacceptance" in page
    assert "Designandmountingplanofthesign" in page
    due = re.search(r"Whatismissingmustbeinon(\d+March2026)atthelatest", page)
    assert due is not None
    assert f"Ihandtheminby{due[1]}" in page
    assert "countsastakenback" in page or "endswithoutadecision" in page
    assert "Thisiseverything,andwesayitonce" in page


def test_a_case_on_commitment_issues_what_was_told_and_promised(city: City) -> None:
    application = submitted(city)
    check = application.cases.get(service="fire-check")
    assert check.variant == "commitment"
    page = on_page(lin(city), document(application, "commitment").number)
    assert "Ipromisethatthesepremisesmeetthetechnicalstandards" in page
    assert "thedecisionistakenback" in page
    assert document(application, "commitment").about == check.id


def test_each_decision_has_its_record_of_delivery_once(city: City, hear: Hear) -> None:
    application = every_kind(city, hear)
    hear(NOON + timedelta(hours=2))
    for decision in models.Decision.objects.filter(case__application=application):
        found = document(application, "proof-of-delivery", decision.case)
        assert found.content["delivered"] == decision.document
        assert decision.document in on_page(lin(city), found.number)


def test_deferred_papers_that_never_came_end_the_case_with_a_document_and_a_word(
    city: City, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, case = deferring(city)
    later = NOON + timedelta(days=60)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for _ in range(2):
        tasks.let_time_act(0)
    hear(later)
    case.refresh_from_db()
    kind = {"withdrawn": "withdrawal-notice", "terminated": "termination-notice"}[case.state]
    page = on_page(lin(city), document(application, kind, case).number)
    assert "Designandmountingplanofthesign" in page
    assert "werenothandedinby" in page
    told = [
        n for n in notices.inbox(city.acting("demo-lin", for_firm=True)) if n.document.startswith("990100-")
    ]
    assert document(application, kind, case).number in {n.document for n in told}


def test_what_waited_for_a_refused_case_ends_with_a_document_and_so_does_what_waited_for_that(
    city: City, hear: Hear
) -> None:
    application = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    first = application.cases.get(service="business-registration")
    waiting = [c for c in application.cases.all() if c.state == "waiting"]
    assert waiting
    corrections.withdraw(acting=city.acting("demo-shen"), number=first.number)
    hear()
    client = browser(city, "demo-shen")
    own = on_page(client, document(application, "withdrawal-notice", first).number)
    assert "Youtookthecasebackon2March2026." in own
    for case in waiting:
        case.refresh_from_db()
        assert case.state == "terminated"
        page = on_page(client, document(application, "termination-notice", case).number)
        assert "“Businessregistration”wasrefusedortakenback" in page
        assert "administrativereconsiderationwithinsixtydays" in page


def test_the_applicant_is_told_when_the_clock_runs_again(city: City, hear: Hear) -> None:
    every_kind(city, hear)
    titles = {n.title_en for n in notices.inbox(city.acting("demo-lin", for_firm=True))}
    assert "The clock runs again: Food business permit, new" in titles
    assert "Taken back: Outdoor sign filing" in titles


@pytest.mark.parametrize("wanted", [True, False])
def test_the_document_itself_is_in_the_mail_only_for_whoever_asked_for_it(
    city: City,
    hear: Hear,
    mailbox: Mailbox,  # noqa: F811
    wanted: bool,
) -> None:
    acting: Any = city.acting("demo-lin", for_firm=True)
    row = addresses.set_address(
        acting=acting, channel="mail", address="firm@example.com", language="zh-hans", with_documents=wanted
    )
    addresses.confirm(acting=acting, channel="mail", code=addresses.code_of(row))
    application = submitted(city)
    hear()
    one = noticed.Sending.objects.get(notice__document=document(application, "receipt").number)
    assert sending.send(sending_id=one.id, now=NOON) == "sent"
    (mail,) = mailbox.mails
    assert mail["Subject"] == "已收到：开办餐饮店"
    kept = notices.editions_of(document(application, "receipt"))["zh-hans"]
    attached = [
        (part.get_filename(), hashlib.sha256(part.get_content()).hexdigest())
        for part in mail.iter_attachments()
    ]
    name = f"{kept.title} {one.notice.document}.pdf"
    assert attached == ([(name, kept.digest)] if wanted else [])


def test_a_mail_waits_for_its_document_and_then_goes_without(
    city: City,
    hear: Hear,
    mailbox: Mailbox,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(letter: object) -> bytes:
        raise typesetting.CannotTypeset("typst is not installed")

    monkeypatch.setattr(typesetting, "pdf", absent)
    acting: Any = city.acting("demo-lin", for_firm=True)
    row = addresses.set_address(
        acting=acting, channel="mail", address="firm@example.com", language="en", with_documents=True
    )
    addresses.confirm(acting=acting, channel="mail", code=addresses.code_of(row))
    application = submitted(city)
    hear()
    one = noticed.Sending.objects.get(notice__document=document(application, "receipt").number)
    states = []
    for _ in range(sending.WAITS_FOR_PDF):
        states.append(sending.send(sending_id=one.id, now=one.next_at))
        one.refresh_from_db()
    assert states == ["waiting", "waiting", "sent"]
    assert not list(mailbox.mails[0].iter_attachments())


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_under_a_pack_without_texts_every_document_is_worded_plainly_on_page_and_in_the_file(
    city: City, hear: Hear, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(titles, "template_of", lambda kind, pack: None)
    application = every_kind(city, hear)
    founding = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    first = founding.cases.get(service="business-registration")
    corrections.withdraw(acting=city.acting("demo-shen"), number=first.number)
    hear()
    kinds = set()
    for who, root in (("demo-lin", application), ("demo-shen", founding)):
        client = browser(city, who, for_firm=who == "demo-lin", language=language)
        for one in notices.documents_of(root.id):
            kinds.add(one.kind)
            page, printed = on_page(client, one.number), in_file(client.get(f"/documents/{one.number}.pdf"))
            assert one.number in page
            assert one.number in printed
            assert "%(" not in page
            title = notices.editions_of(one)[language].title
            assert page.startswith(squeezed(title)), one.kind
            if one.kind == "termination-notice" or one.content.get("outcome") == "refused":
                assert {"zh-hans": "人民法院", "zh-hant": "人民法院", "en": "People'sCourt"}[language] in page
    assert {"termination-notice", "withdrawal-notice", "commitment", "proof-of-delivery", "decision"} <= kinds
