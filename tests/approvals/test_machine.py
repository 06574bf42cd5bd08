"""Random people do random things with requests and grants; after each step the promises hold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from approvals.models import ApprovalSlot, Grant, GrantRequest, RequestLine
from approvals.rules.risk import longest_days
from approvals.rules.states import RequestState
from approvals.services.emergencies.break_glass import break_glass, end_unconfirmed
from approvals.services.emergencies.suspensions import end_suspensions, reinstate, suspend
from approvals.services.grants.decisions import Verdict, decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.requests import (
    Line,
    Request,
    ask_for_changes,
    lapse_overdue,
    save_draft,
    submit,
    withdraw,
)
from inventory.models import AuditEvent, Finding, Role, User
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate, terms
from tests.builders import NOW

CALLERS = (f"arn:aws:iam::{PARTNER}:role/mailer", PARTNER, "*", "999988887777")
indexes = st.integers(min_value=0, max_value=50)


class Approvals(RuleBasedStateMachine):
    """Seven people with every mix of roles, one identity, a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.isolation = transaction.atomic()
        self.isolation.__enter__()
        self.at: datetime = NOW
        self.estate = Estate()
        both = builders.user(Role.OWNER, Role.SECURITY, teams=[self.estate.team])
        others = (builders.user(Role.ADMIN), builders.user(Role.AUDITOR), both)
        named = (self.estate.owner, self.estate.colleague, self.estate.security, self.estate.second)
        self.people: tuple[User, ...] = (*named, *others)
        self.ends: dict[int, Any] = {}
        self.said: dict[int, tuple[Any, ...]] = {}
        self.events = 0

    def teardown(self) -> None:
        """Forget all of it."""
        transaction.set_rollback(True)
        self.isolation.__exit__(None, None, None)

    def attempt(self, act: Callable[[], object]) -> None:
        """Do it; what succeeds adds to the history, what is refused leaves everything as it was."""
        before = AuditEvent.objects.count()
        stored = self.stored()
        try:
            act()
        except (RefusedError, ConflictError):
            assert AuditEvent.objects.count() == before
            assert self.stored() == stored
        else:
            assert AuditEvent.objects.count() > before

    def stored(self) -> list[Any]:
        """Every state there is."""
        return [
            list(GrantRequest.objects.order_by("pk").values_list("pk", "state", "submissions")),
            list(RequestLine.objects.order_by("pk").values_list("pk", "state", "terms_hash")),
            list(ApprovalSlot.objects.order_by("pk").values_list("pk", "verdict", "decided_by")),
            list(Grant.objects.order_by("pk").values_list("pk", "decision", "effective_ends_on", "suspended_by")),
        ]

    def person(self, index: int) -> User:
        return self.people[index % len(self.people)]

    def one(self, rows: Any, index: int) -> Any:
        """One of the rows, or ``None``."""
        found = list(rows.order_by("pk"))
        return found[index % len(found)] if found else None

    @rule(who=indexes, caller=st.sampled_from(CALLERS), length=st.integers(0, 400), follows=st.booleans())
    def ask(self, who: int, caller: str, length: int, follows: bool) -> None:
        on = self.at.date()
        predecessor = Grant.objects.order_by("-pk").first() if follows else None
        wanted = terms(self.estate.identity, principals=(caller,), ends_on=on + timedelta(days=length))
        asked = Request(
            kind="renew" if predecessor else "new",
            justification=REASON,
            lines=[Line(self.estate.identity, wanted, predecessor)],
            vendor=self.estate.vendor,
        )

        def act() -> None:
            with transaction.atomic():
                draft = save_draft(asked, acting_user=self.person(who), at=self.at)
                submit(draft.pk, acting_user=self.person(who), at=self.at)

        self.attempt(act)

    @rule(who=indexes, caller=st.sampled_from(CALLERS), length=st.integers(0, 3))
    def hurry(self, who: int, caller: str, length: int) -> None:
        wanted = terms(self.estate.identity, principals=(caller,), ends_on=self.at.date() + timedelta(days=length))
        asked = Request("new", REASON, [Line(self.estate.identity, wanted)], vendor=self.estate.vendor)
        self.attempt(lambda: break_glass(asked, acting_user=self.person(who), at=self.at))

    @precondition(lambda _: ApprovalSlot.objects.exists())
    @rule(who=indexes, which=indexes, is_approved=st.sampled_from([True, True, True, False]), cut=st.integers(-2, 30))
    def say(self, who: int, which: int, is_approved: bool, cut: int) -> None:
        slot = self.one(ApprovalSlot.objects.filter(verdict=""), which) or self.one(ApprovalSlot.objects, which)
        ends_on = None if cut < 0 else self.at.date() + timedelta(days=cut)
        said = Verdict(is_approved, slot.line.terms_hash, comment="So be it.", ends_on=ends_on)
        self.attempt(lambda: decide(slot.pk, said, acting_user=self.person(who), at=self.at))

    @precondition(lambda _: GrantRequest.objects.exists())
    @rule(who=indexes, which=indexes, step=st.sampled_from(["back", "withdraw", "submit"]))
    def move(self, who: int, which: int, step: str) -> None:
        request = self.one(GrantRequest.objects, which)
        steps: dict[str, Callable[[], object]] = {
            "back": lambda: ask_for_changes(request.pk, comment="Less.", acting_user=self.person(who), at=self.at),
            "withdraw": lambda: withdraw(request.pk, acting_user=self.person(who), at=self.at),
            "submit": lambda: submit(request.pk, acting_user=self.person(who), at=self.at),
        }
        self.attempt(steps[step])

    @precondition(lambda _: Grant.objects.exists())
    @rule(who=indexes, which=indexes, act=st.sampled_from([revoke, suspend, reinstate]))
    def end(self, who: int, which: int, act: Callable[..., Grant]) -> None:
        grant = self.one(Grant.objects, which)
        self.attempt(lambda: act(grant.pk, reason="So be it.", acting_user=self.person(who), at=self.at))

    @rule(hours=st.sampled_from([1, 20, 80, 200]))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        overdue = GrantRequest.objects.filter(state__in=("pending", "changes_requested"), lapses_at__lte=self.at)
        overdue = overdue.exclude(kind="break_glass")
        wanted = overdue.count()
        assert lapse_overdue(at=self.at) == wanted
        end_unconfirmed(at=self.at)
        end_suspensions(at=self.at)
        assert end_unconfirmed(at=self.at) == end_suspensions(at=self.at) == 0

    @invariant()
    def every_grant_has_two_people_neither_of_whom_asked(self) -> None:
        for grant in Grant.objects.exclude(confirm_by__isnull=False, confirmed_at=None).select_related("line__request"):
            request = grant.line.request
            slots = grant.line.slots.filter(submission=request.submissions)
            people = {slot.decided_by_id for slot in slots if slot.verdict == "approved"}
            assert len(people) == 2
            assert request.requester_id not in people
            assert {slot.terms_hash for slot in slots} == {grant.line.terms_hash}
            assert request.state == RequestState.APPROVED

    @invariant()
    def what_one_person_gave_alone_is_over_in_72_hours_or_without_two_others(self) -> None:
        for grant in Grant.objects.exclude(confirm_by=None).select_related("line__request__requester"):
            requester = grant.line.request.requester
            assert requester is not None
            assert "security" in requester.roles
            assert (grant.ends_on - grant.starts_on).days < 3
            assert (grant.decision == "break_glass") <= (grant.confirmed_at is None and grant.unconfirmed_at is None)
            if grant.unconfirmed_at is not None:
                assert grant.decision in ("revoked", "superseded")
                assert Finding.objects.filter(rule_id="break-glass-unconfirmed", severity="critical").exists()

    @invariant()
    def no_grant_outlasts_its_maximum_or_the_contract(self) -> None:
        for grant in Grant.objects.all():
            assert (grant.ends_on - grant.starts_on).days < longest_days(grant.grant_terms)
            assert grant.ends_on <= (self.estate.vendor.contract_ends_on or grant.ends_on)
            assert grant.effective_ends_on <= grant.ends_on == self.ends.setdefault(grant.pk, grant.ends_on)

    @invariant()
    def history_only_grows(self) -> None:
        events = AuditEvent.objects.count()
        assert events >= self.events
        self.events = events
        for slot in ApprovalSlot.objects.exclude(verdict=""):
            now = (slot.verdict, slot.decided_by_id, slot.decided_at, slot.terms_hash, slot.comment, slot.ends_on)
            assert self.said.setdefault(slot.pk, now) == now

    @invariant()
    def the_same_access_is_in_force_once(self) -> None:
        accesses = list(Grant.objects.in_force(self.at.date()).values_list("access", flat=True))
        assert len(accesses) == len(set(accesses))


@pytest.mark.django_db
def test_the_promises_hold_whatever_people_do():
    run_state_machine_as_test(
        Approvals,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
