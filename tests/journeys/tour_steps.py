"""The steps of docs/guide/tour.md as a person takes them: one function each, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect
from tests.journeys import steps
from tests.journeys.tour import Walk

FIRM: Final = "Spring Breeze Noodles"


def choose(page: Page, question: str, answer: str) -> None:
    """Answer one question of a draft and wait until the plan has followed."""
    fieldset = page.locator("fieldset", has=page.locator("legend", has_text=question)).first
    fieldset.locator("label", has_text=re.compile(rf"^\s*{re.escape(answer)}")).first.click()
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


# -- 1. one thing, once


def starts_and_agrees(walk: Walk) -> None:
    lin = walk.be("Lin Xiaochen", "/")
    lin.get_by_role("searchbox").first.fill("noodle shop")
    walk.press(lin, "Search")
    walk.follow(lin, "Opening a restaurant", exact=True)
    _begin(walk, lin)
    known = lin.locator("section", has=lin.get_by_role("heading", name="What offices already know"))
    assert "Business licence, reference" in known.inner_text()
    assert "Property registry, reference" in known.inner_text()


def answers(walk: Walk) -> None:
    lin = walk.be("Lin Xiaochen")
    choose(lin, "sign outside", "Ordinary sign above the door")
    expect(lin.locator("#changes")).to_contain_text("Added: Outdoor sign filing")
    choose(lin, "For the fire check", "On commitment")
    walk.count(lin)
    for _ in range(12):
        open_ = lin.locator("#open-questions fieldset:not(:has(input:checked))")
        if not open_.count():
            break
        choose(lin, open_.first.locator("legend").inner_text(), "No")
    walk.press(lin, re.compile("^Save and go on"))
    expect(lin).to_have_url(re.compile("/details"))
    walk.count(lin)
    choose(lin, "cold dishes", "No cold dishes")
    for question in ("seafood", "drinks", "cakes"):
        choose(lin, question, "No")
    lin.get_by_label("Who looks after food safety").fill("林晓晨")
    walk.press(lin, "Save and go on to the papers")
    expect(lin).to_have_url(re.compile("/materials"))


def hands_in(walk: Walk) -> None:
    lin = walk.be("Lin Xiaochen")
    walk.count(lin)
    lin.goto(re.sub(r"/materials.*", "/review", lin.url))
    walk.count(lin)
    lin.go_back()
    steps.hand_in_everything(lin, walk.folder)
    walk.count(lin)
    walk.follow(lin, "On to the review")
    lin.locator("#declared").check()
    walk.press(lin, "Submit")
    expect(lin.get_by_role("heading", name="We have received your application")).to_be_visible()
    found = re.search(r"\d{6}-\d{8}-\d{6}-[0-9A-Z]", lin.inner_text("main"))
    assert found
    walk.number = found[0]


def corrects(walk: Walk) -> None:
    gu = walk.be("Gu Mingyuan", "/office")
    walk.follow(gu, "Outdoor sign filing")
    walk.follow(gu, "Request a correction")
    gu.locator("label", has_text="Picture of the sign by day and by night").first.click()
    gu.locator('input[name^="text:"][name*="sign-rendering"]').fill("The picture by night is missing.")
    walk.press(gu, "Request a correction")
    lin = walk.be("Lin Xiaochen", "/applications")
    walk.follow(lin, FIRM) if lin.get_by_role("link", name=FIRM).count() else lin.goto(
        f"/applications/{walk.number}"
    )
    walk.look(lin)
    walk.follow(lin, "Correct it")
    walk.count(lin)
    lin.locator("input[type=file]").first.set_input_files(walk.paper)
    walk.press(lin, "Upload")
    walk.press(lin, "Send the case back")
    expect(lin.get_by_text("The case went back to the office.")).to_be_visible()


def decides(walk: Walk) -> None:
    for name, service in (
        ("Zhou Yiming", "Food business permit"),
        ("Gu Mingyuan", "Outdoor sign filing"),
        ("Chen Zhixia", "Fire safety check"),
    ):
        officer = walk.be(name, "/office")
        walk.follow(officer, re.compile(service))
        walk.press(officer, re.compile("^ ?Accept"))
        walk.follow(officer, "Decide")
        officer.get_by_label("Grant").check()
        walk.press(officer, "Decide")
        expect(officer.get_by_text("Decided. The applicant has been told.")).to_be_visible()
    lin = walk.be("Lin Xiaochen", "/licences")
    walk.wait_for(lin, "Food business permit")
    walk.follow(lin, re.compile("Food business permit"))
    expect(lin.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    with lin.expect_download() as download:
        lin.get_by_role("link", name="Download").click()
    download.value.save_as(walk.permit)
    anyone = walk.anyone("/verify")
    anyone.locator("#file").set_input_files(walk.permit)
    walk.press(anyone, "Verify")
    expect(anyone.locator(".tag.ok", has_text="Valid")).to_be_visible()
    verified = walk.visit.node.tongban("licence", "verify", str(walk.permit))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def waits(walk: Walk) -> None:
    shen = walk.be("Shen Yihe", "/services?q=noodle+shop")
    walk.follow(shen, "Opening a restaurant", exact=True)
    walk.press(shen, "Start the application")
    walk.press(shen, "Agree and go on")
    choose(shen, "What will the shop mainly do", "Catering")
    choose(shen, "Does your shop already have a business licence?", "No")
    expect(shen.locator("#plan")).to_contain_text("starts when “Business registration” is granted")
    walk.look(shen)


# -- 2. what the restaurant leaves behind


def shares(walk: Walk) -> None:
    anyone = walk.anyone("/catalogue")
    walk.follow(anyone, "Property registry", exact=True)
    expect(anyone.get_by_role("heading", name="Who may look into it, and what for")).to_be_visible()
    for name in ("Zhou Yiming", "Fang Diheng"):
        officer = walk.be(name, "/catalogue/requests")
        expect(officer.get_by_role("link", name="Property registry").first).to_be_visible()
    lin = walk.be("Lin Xiaochen", "/my-data")
    seen = lin.locator("section", has=lin.get_by_role("heading", name="Who looked something up about you"))
    expect(seen).to_contain_text("Fields: Floor area, Owner, Registered use")
    fang = walk.be("Fang Diheng", "/catalogue/grants")
    walk.follow(fang, "Property registry")
    walk.follow(fang, "Revoke the grant")
    fang.get_by_label("Reason").fill("The purpose has ended.")
    walk.press(fang, "Revoke")
    walk.press(fang, "Revoke")
    expect(fang.get_by_text("Revoked. Nothing more is delivered under it.")).to_be_visible()
    _begin(walk, walk.be("Lin Xiaochen", "/events/open-restaurant"))
    assert "Business licence, reference" in lin.inner_text("main")
    assert "Property registry, reference" not in lin.inner_text("main")
    expect(lin.locator("#plan")).to_contain_text("Proof of the premises · Lease")


def is_found(walk: Walk) -> None:
    lin = walk.be("Lin Xiaochen", "/benefits")
    walk.wait_for(lin, "Due to you: ¥10,000")
    lin.goto("/policies")
    walk.follow(lin, "Policy calculator")
    lin.goto("/calculator/enterprise")
    lin.get_by_label(re.compile(f"read what is on record about {FIRM}")).check()
    walk.press(lin, "Look it up", within=lin.locator("form", has=lin.get_by_label(re.compile(FIRM))))
    expect(lin.locator("#l-have")).to_contain_text("¥10,000")
    walk.count(lin)
    lin.locator("#l-have").get_by_role("link").click()
    walk.look(lin)
    lin.get_by_role("link", name="Confirm", exact=True).click()
    walk.look(lin)
    lin.get_by_label("Name that the account is held in").fill("林晓晨")
    lin.get_by_label("Account number").fill("6222 0000 1111 2222")
    walk.press(lin, "Confirm and have it paid")
    qian = walk.be("Qian Huimin", "/office/entitlements")
    walk.follow(qian, FIRM)
    walk.follow(qian, "Mark as paid")
    qian.get_by_label("Reference of the payment").fill("2026-1")
    walk.press(qian, "The money has gone out")
    expect(qian.get_by_text("Marked as paid. The owner has been told.")).to_be_visible()


def is_sold(walk: Walk) -> None:
    yin = walk.be("Yin Xingzhou", "/market")
    walk.follow(yin, re.compile("Food permits, monthly index"))
    walk.follow(yin, "Place an order")
    yin.locator("#purpose-industry").check()
    yin.get_by_label("What the data is for").fill("Where to open a branch")
    yin.locator("#accepted").check()
    walk.press(yin, "Send the order")
    shu = walk.be("Shu Ju", "/office/market")
    walk.follow(shu, "1 order waits for a decision")
    walk.follow(shu, re.compile("Food permits, monthly index"))
    walk.press(shu, "Approve")
    yin.goto("/market")
    walk.follow(yin, "My contracts")
    walk.follow(yin, re.compile("Food permits, monthly index"))
    with yin.expect_download() as download:
        yin.get_by_role("button", name="CSV").click()
    table = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "True" in table
    assert "林" not in table
    shu.goto("/office/market")
    walk.follow(shu, re.compile("Food permits, monthly index"))
    shu.locator("section", has=shu.get_by_role("heading", name="Month by month")).get_by_role(
        "link"
    ).first.click()
    walk.look(shu)
    walk.press(shu, "Settle early")
    walk.count(shu)
    walk.press(shu, "Settle and book")
    expect(shu.locator("#month-shares")).to_contain_text("18.87")
    for tab in ("Journal", "Asset register"):
        shu.goto("/office/market")
        walk.follow(shu, tab)


def complains(walk: Walk) -> None:
    she = walk.be("Lin She", "/hotline")
    she.get_by_label("What is it about").fill("Noise from the noodle shop downstairs")
    she.get_by_label("Where is it?").select_option(label="Yunxi District")
    she.get_by_label("The exact place").fill("18 Nanqiao Road, back yard")
    she.get_by_label("What happened").fill("The extractor fan runs until midnight; we cannot sleep.")
    walk.press(she, "Send the report")
    an = walk.be("An Ning", "/hotline/desk")
    walk.follow(an, re.compile("Noise from"))
    walk.press(an, "Send it")
    wei = walk.be("Wei Ping", "/hotline/assigned")
    walk.follow(wei, re.compile("Noise from"))
    objection = _fold(wei, "Object: this is not ours")
    objection.locator("input[type=radio]").first.check()
    objection.locator("textarea").fill("Fixed equipment belongs to the environment bureau.")
    walk.press(wei, "Send the objection", within=objection)
    walk.count(wei)
    an.goto("/hotline/desk")
    walk.follow(an, re.compile("Noise from"))
    ruling = _fold(an, "Rule on the objection")
    ruling.locator("label", has_text="Rejected").click()
    ruling.locator("textarea").fill("Noise at night belongs to the police.")
    walk.press(an, "Write the ruling down", within=ruling)
    wei.goto("/hotline/assigned")
    walk.follow(wei, re.compile("Noise from"))
    taken = _fold(wei, "Take it up")
    taken.locator("textarea").fill("We come by tonight.")
    walk.press(wei, "Tell the reporter", within=taken)
    reply = _fold(wei, "Reply")
    reply.locator("textarea").fill("The owner closes the fan at night now.")
    reply.get_by_role("button").click()
    walk.look(wei)
    assert not re.search(
        "邻舍|Lin She|13800008765", " ".join(walk.windows["Wei Ping"].inner_text("main").split())
    )
    an.goto("/hotline/desk")
    walk.follow(an, re.compile("Noise from"))
    call = _fold(an, "Call back")
    for question, answer in (("reached", "Yes"), ("solved", "Solved"), ("satisfied", "Satisfied")):
        call.locator("fieldset", has=an.locator("legend", has_text=question)).first.locator(
            "label", has_text=answer
        ).first.click()
    walk.press(an, "Write the call-back down", within=call)
    rates = walk.anyone("/hotline/rates")
    expect(rates.get_by_role("main")).to_contain_text("1 of 1")


def is_seen(walk: Walk) -> None:
    anyone = walk.anyone("/performance")
    assert anyone.locator("main ul.grid > li").count() == 6
    honour = anyone.locator("main ul.grid > li", has_text="Policy honour rate")
    expect(honour).to_contain_text("missing: nothing to count in this period")
    expect(anyone.get_by_role("main")).to_contain_text("too few to rank")
    zhou = walk.be("Zhou Yiming", "/office/performance")
    walk.follow(zhou, re.compile("^over"))
    expect(zhou.get_by_role("heading", name="Behind the number")).to_be_visible()
    assert zhou.locator("#records tbody tr").count()


def is_answered(walk: Walk) -> None:
    anyone = walk.anyone("/ask")
    anyone.get_by_label("Your question").fill("开面馆要多久？")
    walk.press(anyone, "Ask")
    expect(anyone.get_by_role("heading", name="Sources")).to_be_visible()
    anyone.get_by_label("Your question").fill("What will the weather be tomorrow?")
    walk.press(anyone, "Ask")
    expect(anyone.get_by_role("heading", name="That is not in what this city has published")).to_be_visible()
    expect(anyone.get_by_role("heading", name="Ask a person")).to_be_visible()


def is_tried_out(walk: Walk) -> None:
    shu = walk.be("Shu Tong", "/office/pilots")
    walk.follow(shu, "Start a pilot")
    shu.get_by_label("Service", exact=True).select_option(label="Food business permit, new")
    shu.get_by_label("District of the pilot").select_option(label="Yunxi District")
    shu.get_by_label("District to compare with").select_option(label="Qingshi District")
    first = shu.get_by_label("First day").input_value()
    shu.get_by_label("Last day").fill(f"{first[:4]}-12-31")
    example = shu.locator("#patch-hint code").inner_text()
    shu.locator("#field-patch").fill(example)
    walk.press(shu, "Check and show what it changes")
    walk.press(shu, "Start the pilot")
    expect(shu.get_by_role("main")).to_contain_text("Too few cases to tell.")
    walk.follow(shu, "Withdraw the pilot")
    shu.get_by_label("Reasons").fill("Only a try.")
    walk.press(shu, "Withdraw the pilot")
    expect(shu.get_by_text("Decided. The reasons are kept with the pilot.")).to_be_visible()


def is_checked(walk: Walk) -> None:
    """What the introduction says: another person by the menu, and the audit."""
    yan = walk.be("Shen Yihe", "/")
    yan.locator("header .menu summary", has_text="Shen Yihe").click()
    yan.get_by_role("link", name="Another person").click()
    yan.get_by_role("button", name="Enter as Yan Shenzhi", exact=True).click()
    expect(yan).to_have_url(re.compile("/audit$"))
    walk.look(yan)
    walk.press(yan, "Verify everything")
    expect(yan.get_by_role("heading", name="The audit is whole")).to_be_visible()


def _begin(walk: Walk, page: Page) -> None:
    """From the page of the life event, for the firm, with consent. Who acts for the firm already is not asked."""
    walk.press(page, "Start the application")
    if page.get_by_role("heading", name="For whom is this application?").count():
        page.get_by_role("main").get_by_text(FIRM).last.click()
        walk.press(page, "Go on")
    walk.press(page, "Agree and go on")


def _fold(page: Page, title: str) -> Locator:
    """A step of a ticket, opened."""
    fold = page.locator(
        "details.fold", has=page.locator("summary", has_text=re.compile(rf"^\s*{re.escape(title)}"))
    ).first
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    return fold


STEPS: Final[dict[str, Callable[[Walk], None]]] = {
    "1.1": starts_and_agrees, "1.2": answers, "1.3": hands_in, "1.4": corrects, "1.5": decides, "1.6": waits,
    "2.1": shares, "2.2": is_found, "2.3": is_sold, "2.4": complains, "2.5": is_seen, "2.6": is_answered, "2.7": is_tried_out,
    "0": is_checked,
}  # fmt: skip
"""Step of the guide -> how it is walked; 0 is the introduction. Step 2.8 needs a second city: tests/journeys/test_neighbour.py."""
