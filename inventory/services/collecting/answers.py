"""Answers: what a call brought, and what becomes of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError

from inventory.aws.faults import Fault, FaultKind
from inventory.aws.identities import IdentityFacts
from inventory.aws.listings import Page
from inventory.aws.sessions import Sessions
from inventory.services.collecting import scope_results as results
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.leases import LostLeaseError
from inventory.services.collecting.readings import Call, Reading
from inventory.services.collecting.runs import finish_run
from inventory.services.collecting.setbacks import Step, Trouble, next_step, outcome_of, pause_after

logger = logging.getLogger(__name__)

_STORING_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """Facts, a page or a fault. ``is_access``: the account could not be entered, so SES was not asked at all."""

    reading: Reading
    call: Call
    result: IdentityFacts | Page | Fault
    is_access: bool
    asked_at: datetime
    answered_at: datetime

    @property
    def calls(self) -> int:
        """Requests that SES got."""
        if self.is_access:
            return 0
        return self.result.calls if isinstance(self.result, Page) else 1


def take_answers(answers: Sequence[Answer], sessions: Sessions, limits: CollectionLimits) -> None:
    """Write what the answers of one reading brought and set its next step; raises :class:`LostLeaseError`."""
    reading = answers[0].reading
    reading.api_calls += sum(answer.calls for answer in answers)
    unchanged = _take_unchanged(reading, [answer for answer in answers if isinstance(answer.result, IdentityFacts)])
    for answer in answers:
        if not reading.is_over and answer.call.name not in unchanged:
            _take(answer, sessions, limits)


def _take_unchanged(reading: Reading, answers: Sequence[Answer]) -> frozenset[str]:
    """Settle together the identities in which nothing changed; returns their names. The first look finds none."""
    found = [answer.result for answer in answers if isinstance(answer.result, IdentityFacts)]
    if not found or reading.context.is_baseline:
        return frozenset()
    try:
        names = results.save_unchanged(reading, found, at=min(answer.answered_at for answer in answers))
    except LostLeaseError:
        raise
    except Exception:  # one by one it shows which of them cannot be stored
        logger.exception("identities_not_stored_together", extra={"scope": str(reading.scope)})
        return frozenset()
    if names:
        reading.recovered()
    return frozenset(names)


def _take(answer: Answer, sessions: Sessions, limits: CollectionLimits) -> None:
    reading, result = answer.reading, answer.result
    if isinstance(result, Fault):
        _take_fault(answer, result, sessions, limits)
        return
    reading.recovered()
    if isinstance(result, IdentityFacts):
        _take_identity(answer, result)
        return
    results.save_page(reading, result)
    if reading.is_listed:
        reading.load_pending()


def finish(reading: Reading, *, at: datetime) -> None:
    """Everything was asked: end the scope, and the run if it was the last."""
    results.finish_read(reading, at=at)
    reading.is_over = True
    finish_run(reading.context.run.pk, at=at)


def _take_identity(answer: Answer, facts: IdentityFacts) -> None:
    try:
        _store(answer, facts)
    except LostLeaseError:
        raise
    except Exception as error:  # one identity that cannot be stored must not cost the others
        logger.exception("identity_not_stored", extra={"identity": facts.name})
        text = f"{facts.name} was read but could not be stored ({type(error).__name__}). See the log."
        results.save_unreadable(answer.reading, facts.name, Fault(FaultKind.FAILED, "NotStored", text))


def _store(answer: Answer, facts: IdentityFacts) -> None:
    """Store the identity; where a worker of another run wrote the same rows meanwhile, it is tried again."""
    for attempt in range(1, _STORING_ATTEMPTS + 1):
        try:
            results.save_identity(answer.reading, facts, at=answer.answered_at)
        except (IntegrityError, OperationalError):
            if attempt == _STORING_ATTEMPTS:
                raise
        else:
            return


def _take_fault(answer: Answer, fault: Fault, sessions: Sessions, limits: CollectionLimits) -> None:
    reading, call = answer.reading, answer.call
    if fault.kind is FaultKind.NOT_FOUND and call.name and not answer.is_access:
        reading.recovered()
        results.save_absence(reading, call.name, was_listed=call.was_listed, at=answer.answered_at)
        return
    if fault.kind is FaultKind.EXPIRED or (fault.kind is FaultKind.UNRECOGNIZED and call.name):
        sessions.forget(reading.access)
    step = next_step(fault, call.action, _trouble(answer, fault), limits)
    if step is Step.SKIP:
        results.save_unreadable(reading, call.name, fault)
    elif step is Step.STOP:
        _stop(answer, fault)
    else:
        _try_again(answer, step, limits)


def _trouble(answer: Answer, fault: Fault) -> Trouble:
    """Count the fault; calls that were under way together when trouble began count as one."""
    reading, call = answer.reading, answer.call
    is_first = reading.troubled_at is None or answer.asked_at >= reading.troubled_at
    if fault.kind is FaultKind.THROTTLED:
        reading.throttled += 1
        reading.throttles += is_first
    else:
        reading.failures += is_first
        if call.name:
            reading.attempts[call.name] = reading.attempts.get(call.name, 0) + 1
    reading.troubled_since = reading.troubled_since or answer.answered_at
    reading.troubled_at = answer.answered_at
    return Trouble(
        failures=reading.failures,
        throttled_seconds=(answer.answered_at - reading.troubled_since).total_seconds(),
        attempts=reading.attempts.get(call.name, 0),
        identities_read=reading.identities_read,
        has_token=bool(call.token),
        is_access=answer.is_access,
    )


def _stop(answer: Answer, fault: Fault) -> None:
    reading = answer.reading
    results.give_up(reading, outcome_of(fault.kind, reading.identities_read), fault, at=answer.answered_at)
    reading.is_over = True
    finish_run(reading.context.run.pk, at=answer.answered_at)


def _try_again(answer: Answer, step: Step, limits: CollectionLimits) -> None:
    reading = answer.reading
    if step is Step.RETRY:
        pause = pause_after(max(reading.failures, reading.throttles), limits)
        reading.not_before = answer.answered_at.timestamp() + pause
        reading.put_back(answer.call)
    else:
        reading.source = "v1" if step is Step.OLDER_LISTING else reading.source
        reading.token = ""
    results.save_setback(reading, answer.call.name)
