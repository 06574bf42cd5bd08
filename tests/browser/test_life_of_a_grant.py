"""The life of a grant in real browsers, against the double of AWS: asked for, approved, applied, seen, over, gone.

The clock of this process is moved; that of the browser and of the double stays, as clocks of other machines may.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import boto3
import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from approvals.models import Grant, GrantRequest
from approvals.rules.change_tasks import TaskKind, TaskState
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Observation
from approvals.services.grants.decisions import decide
from approvals.services.requests.requests import Line, Request, save_draft, submit
from approvals.tasks import match_grants
from approvals.tasks import tick as look_at_the_calendar
from inventory.models import CollectionRun, Delivery, Finding, Identity, Notice, Role
from inventory.policy.channels import Channel
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.grants.terms import GrantTerms
from inventory.policy.requests import Caller, CallerKind, ContextValue
from inventory.policy.requests import Request as Call
from inventory.services.owners.owner_assignments import hand_on
from inventory.tasks import deliver
from tests import builders
from tests.approvals.cases import REASON, approval, slot_of
from tests.browser.test_walk import SIZES, Visit
from tests.builders import NOW, PASSWORD
from tests.collection.conftest import double, running_double
from tests.collection.estate import ACCOUNT, REGION, collect
from tests.collection.test_change_packs import run_script

__all__ = ["double", "running_double"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

NAME = "shop.example.com"
ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{NAME}"
PARTNER = "702839415026"
ROLE = f"arn:aws:iam::{PARTNER}:role/mailer"
SENDER = "news@shop.example.com"
LAST_DAY = NOW.date() + timedelta(days=29)
NOON = timedelta(hours=4)


class Company:
    """A shop whose name a vendor is to send as, its people, AWS, and the clock of sesgov."""

    def __init__(self, double: Any, clock: Any) -> None:
        self.double, self._clock = double, clock
        cache.clear()
        self.marketing, self.platform = builders.team(name="Marketing"), builders.team(name="Platform")
        people = {
            "mara": (Role.OWNER, [self.marketing]),
            "olive": (Role.OWNER, [self.marketing]),
            "selma": (Role.SECURITY, []),
            "pia": (Role.VIEWER, [self.platform]),
        }
        self.people = {
            name: builders.user(role, teams=teams, email=f"{name}@example.com", name=name.title(), password=PASSWORD)
            for name, (role, teams) in people.items()
        }
        vendor = builders.vendor(name="Brightmail")
        vendor.contacts.create(name="Bea", email="bea@brightmail.example")
        builders.account(account_id=PARTNER, relationship="partner", vendor=vendor, name="")
        builders.account(account_id=ACCOUNT, name="Mail", role_arn="", owner_team=self.platform)
        double.put_identity(ACCOUNT, REGION, NAME, policies={})
        self.read()
        self.identity = Identity.objects.get(name=NAME)
        hand_on(
            identity=self.identity, owner=self.marketing, reason="Theirs.", acting_user=self.people["selma"],
            at=timezone.now(),
        )  # fmt: skip

    def read(self) -> CollectionRun:
        """A run of the real collector, then what the clockwork does by itself."""
        assert collect()["outcome"] == "complete"
        self.work()
        return CollectionRun.objects.latest("pk")

    def work(self) -> None:
        """What beat and the workers do in a minute."""
        match_grants()
        look_at_the_calendar()
        match_grants()
        deliver()

    def morning(self, day: date) -> CollectionRun:
        """A reading, the reminders of the day, and a quarter of an hour later the digests."""
        self.go_to(datetime.combine(day, time(7, 50), tzinfo=UTC))
        run = self.read()
        self.go_to(datetime.combine(day, time(8, 5), tzinfo=UTC))
        self.work()
        return run

    def go_to(self, at: datetime) -> None:
        """Move the clock. Nothing happens by that alone."""
        self._clock.move_to(at)

    @property
    def policies(self) -> dict[str, str]:
        client = boto3.client("sesv2", region_name=REGION, endpoint_url=self.double.url)
        return client.get_email_identity(EmailIdentity=NAME)["Policies"]

    def may_send(self, at: datetime, sender: str = SENDER) -> bool:
        """Whether AWS would take a mail of the vendor's role, by the evaluator and what stands in AWS."""
        caller = Caller(CallerKind.ROLE_SESSION, PARTNER, ROLE, f"arn:aws:sts::{PARTNER}:assumed-role/mailer/run")
        context: dict[str, ContextValue] = {
            "aws:CurrentTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "aws:PrincipalArn": ROLE,
            "aws:PrincipalAccount": PARTNER,
            "aws:SourceIp": "198.51.100.7",
            "ses:FromAddress": sender,
            "ses:Recipients": ("ann@example.net",),
        }
        call = Call(caller, "ses:SendEmail", ARN, Channel.DIRECT, context)
        return evaluate({ARN: self.policies}, call).allowed


@pytest.fixture
def company(double) -> Iterator[Company]:
    with time_machine.travel(NOW) as clock:
        yield Company(double, clock)


class Desks:
    """A window of its own for each person, signed in anew where the session is over."""

    def __init__(self, browser: Browser, base: str, stack: ExitStack) -> None:
        self._browser, self._base, self._stack = browser, base, stack

    def sit_down(self, name: str, path: str, size: str = "desktop") -> Visit:
        context = self._browser.new_context(viewport=SIZES[size])
        self._stack.callback(context.close)
        page = context.new_page()
        page.goto(f"{self._base}{reverse('account_login')}?next={reverse('approvals:inbox')}")
        page.get_by_label("Email").fill(f"{name}@example.com")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        visit = Visit(page, self._base)
        visit.go(path)
        return visit


@pytest.fixture
def desks(browser: Browser, live_server) -> Iterator[Desks]:
    with ExitStack() as stack:
        yield Desks(browser, live_server.url, stack)


def ask(page: Page) -> None:
    """Type the request as somebody of marketing does, and watch what is said meanwhile."""
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Choose who will send and as what.")
    page.get_by_label("Company or account").select_option(f"account-{PARTNER}")
    page.get_by_label(NAME).check()
    expect(preview).to_contain_text(f"Brightmail (account 7028-3941-5026) can send as any address at {NAME}")
    expect(preview).to_contain_text("180 days at most")
    expect(preview).to_contain_text("No last day is chosen yet")

    page.get_by_text("Not listed, or only one role of it").click()
    page.get_by_label("Account id, or ARN of a role or user").press_sequentially(ROLE[:-1])
    page.get_by_label("Account id, or ARN of a role or user").press_sequentially(ROLE[-1])
    expect(preview).to_contain_text("the role mailer of Brightmail (account 7028-3941-5026)", ignore_case=True)
    page.get_by_label("Only as these addresses").press_sequentially("news")
    expect(preview).to_contain_text(f"can send as {SENDER}")
    expect(preview).to_contain_text("the narrowest there is")
    expect(preview).to_contain_text("Olive for Marketing, the owner")
    expect(preview).to_contain_text("Selma")

    page.get_by_role("button", name="30 days:").click()
    assert page.get_by_label("Last day").input_value() == LAST_DAY.isoformat()
    expect(preview).to_contain_text("until 1 Dec 2026")
    expect(preview).not_to_contain_text("No last day is chosen yet")
    page.get_by_text("The policy for AWS (technical)").click()
    expect(preview).to_contain_text('"aws:CurrentTime": "2026-12-02T00:00:00Z"')
    page.get_by_label("What is it for?").press_sequentially("They send the newsletter of the autumn.")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("The owner's side and security are asked")).to_be_visible()


def apply_pack(company: Company, page: Page) -> list[str]:
    """Download the pack that the page offers and run the command lines that it shows, against the double."""
    with page.expect_download() as download:
        page.get_by_role("link", name="All of it as a zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    shown = page.locator("#apply-v2").text_content() or ""
    assert shown.strip()
    assert shown.strip() in files["apply-v2.sh"]
    return run_script(company.double, files, "apply-v2.sh")


def says(page: Page, *words: str) -> None:
    for each in words:
        expect(page.locator("main")).to_contain_text(re.compile(rf"{re.escape(each)}"), use_inner_text=True)


def test_asked_approved_applied_seen_and_ended_by_aws_itself(company, desks):
    mara = desks.sit_down("mara", f"{reverse('approvals:request_new')}?identity={company.identity.pk}")
    mara.page.goto(f"{mara.base}{reverse('approvals:request_new')}")
    ask(mara.page)
    mara.check("the request")
    request = GrantRequest.objects.get()
    where = reverse("approvals:request_detail", args=[request.pk])
    expect(mara.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)

    olive, selma = desks.sit_down("olive", where, "phone"), desks.sit_down("selma", where)
    olive.page.get_by_role("button", name="Approve", exact=True).click()
    expect(olive.page.get_by_text("Now security decides.")).to_be_visible()
    selma.page.get_by_role("button", name="Approve", exact=True).click()
    expect(selma.page.get_by_text("Both sides agreed, so it is granted.")).to_be_visible()
    selma.check("the request, granted")
    grant = Grant.objects.get()
    assert (grant.ends_on, company.may_send(timezone.now())) == (LAST_DAY, False)

    on_grant = reverse("approvals:grant_detail", args=[grant.pk])
    selma.go(on_grant)
    says(selma.page, "Decided In force Seen Not observed", "Olive approved", "Selma approved", "until 1 Dec 2026")
    task = grant.change_tasks.get()
    pia = desks.sit_down("pia", reverse("approvals:task_detail", args=[task.pk]))
    pia.page.get_by_role("button", name="I am on it").click()
    assert len(apply_pack(company, pia.page)) == 1
    pia.page.get_by_role("button", name="It is applied").click()
    says(pia.page, "The next reading of the identity verifies it")
    assert company.may_send(timezone.now())
    assert not company.may_send(timezone.now(), "ceo@shop.example.com")

    company.go_to(NOW + NOON)
    run = company.read()
    pia.page.reload()
    says(pia.page, "shows the access as it was approved.", f"Run {run.pk}.")
    pia.check("the task, verified")
    task.refresh_from_db()
    assert (task.state, task.verified_by_run) == (TaskState.VERIFIED, run)
    selma.go(on_grant)
    says(selma.page, "Decided In force Seen As approved", "The last reading found what was approved, and no more.")

    _they_are_told_a_week_before(company, desks, on_grant)
    _aws_ends_it_by_itself(company, desks, grant)


def _aws_ends_it_by_itself(company: Company, desks: Desks, grant: Grant) -> None:
    """After the last day: denied, though the statement is still there, and the reading after it says so."""
    on_grant = reverse("approvals:grant_detail", args=[grant.pk])
    after = datetime(2026, 12, 2, 0, 5, tzinfo=UTC)
    assert company.may_send(after - timedelta(minutes=10))
    assert not company.may_send(after), "AWS ends it by itself: the statement is still there"
    company.go_to(after)
    company.work()
    removal = grant.change_tasks.get(kind=TaskKind.REMOVE)
    selma = desks.sit_down("selma", on_grant)
    says(selma.page, "Decided Ended", "It ended")
    expect(selma.page.locator(".lead")).not_to_contain_text("Removed")

    company.go_to(after + NOON)
    run = company.read()
    selma.go(on_grant)
    says(selma.page, "Decided Ended Seen Removed", "A reading after the end no longer found the access.")
    says(selma.page, f"first by run {run.pk}", "A dead statement is left in policy")
    removal.refresh_from_db()
    assert (removal.state, removal.verified_by_run) == (TaskState.VERIFIED, run)
    assert not Finding.objects.open().filter(identity=company.identity, rule_id="grant-not-removed").exists()
    pia = desks.sit_down("pia", reverse("approvals:task_detail", args=[removal.pk]))
    says(pia.page, "AWS itself ended the access")
    apply_pack(company, pia.page)
    assert company.policies == {}


def _they_are_told_a_week_before(company: Company, desks: Desks, on_grant: str) -> None:
    """The owner's people and the vendor hear of the end; the owner lets it run out."""
    company.morning(LAST_DAY - timedelta(days=7))
    told = Notice.objects.filter(kind="ending", path=on_grant, key__endswith="step 7")
    assert {each.person.name for each in told} == {"Mara", "Olive"}
    assert {each.delivery.to for each in told if each.delivery} == {"mara@example.com", "olive@example.com"}
    letter = Delivery.objects.get(to="bea@brightmail.example")
    assert f"- {NAME}" in letter.text
    assert letter.state == Delivery.State.SENT
    olive = desks.sit_down("olive", on_grant, "phone")
    olive.page.get_by_role("button", name="Will not renew").click()
    says(olive.page, "Will not be renewed")
    olive.check("the grant on a phone")


def _granted(company: Company) -> Grant:
    """The same grant, by the services."""
    mara, olive, selma = (company.people[name] for name in ("mara", "olive", "selma"))
    at = timezone.now()
    terms = GrantTerms(ARN, (ROLE,), ("ses:SendEmail",), LAST_DAY, from_addresses=(SENDER,))
    asked = Request("new", REASON, [Line(Identity.objects.get(), terms)])
    request = submit(save_draft(asked, acting_user=mara, at=at).pk, acting_user=mara, at=at)
    for kind, person in ((SlotKind.OWNER, olive), (SlotKind.SECURITY, selma)):
        decide(slot_of(request, kind).pk, approval(request), acting_user=person, at=at)
    return Grant.objects.get()


def test_what_has_no_end_in_aws_is_told_of_until_a_reading_no_longer_finds_it(company, desks):
    grant = _granted(company)
    endless = builders.allow(
        {"AWS": ROLE}, ARN, "ses:SendEmail", Condition={"StringEquals": {"ses:FromAddress": SENDER}}
    )
    company.double.put_identity(ACCOUNT, REGION, NAME, policies={"partner": builders.document(endless)})
    company.read()
    grant.refresh_from_db()
    assert grant.observation == Observation.MATCH
    assert grant.change_tasks.get().state == TaskState.OPEN, "the end is still to be written"

    over = LAST_DAY + timedelta(days=1)
    company.morning(over)
    assert company.may_send(timezone.now()), "nobody wrote the end into AWS"
    still = Notice.objects.filter(kind="still_live").order_by("pk")
    assert {each.person.name for each in still} == {"Pia"}
    finding = Finding.objects.open().get(identity=company.identity, rule_id="grant-not-removed")
    assert finding.severity == "high"

    company.morning(over + timedelta(days=2))
    day_three = still.filter(key__endswith="day 3")
    assert {each.person.name for each in day_three} == {"Pia", "Selma"}
    assert {each.delivery.to for each in day_three if each.delivery} == {"pia@example.com", "selma@example.com"}

    on_grant = reverse("approvals:grant_detail", args=[grant.pk])
    selma = desks.sit_down("selma", on_grant)
    says(selma.page, "Decided Ended Seen Still there", "and AWS still allows it")
    removal = grant.change_tasks.get(kind=TaskKind.REMOVE)
    assert removal.state == TaskState.OPEN
    pia = desks.sit_down("pia", reverse("approvals:task_detail", args=[removal.pk]))
    apply_pack(company, pia.page)
    assert not company.may_send(timezone.now())

    company.go_to(timezone.now() + NOON)
    run = company.read()
    selma.go(on_grant)
    says(selma.page, "Decided Ended Seen Removed", f"first by run {run.pk}")
    assert not selma.page.get_by_text("and AWS still allows it").count()
    finding.refresh_from_db()
    assert not Finding.objects.open().filter(pk=finding.pk).exists()
    selma.go(reverse("inventory:finding_detail", args=[finding.pk]))
    removal.refresh_from_db()
    assert (removal.state, removal.verified_by_run) == (TaskState.VERIFIED, run)
    pia.page.reload()
    says(pia.page, "nobody is let in any more", f"Run {run.pk}.")
    pia.check("the removal, verified")

    company.morning(over + timedelta(days=4))
    assert not still.filter(key__endswith="day 5").exists()
