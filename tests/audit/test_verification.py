# ruff: noqa: S608 - every part of these statements is a constant or a number of this file
"""Whatever somebody with the database in their hands does to the trail, the chain says where."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.models import AuditEvent, AuditLink, ChainCheck, Notice, Role
from inventory.services.audit_chain.checks import check, check_daily, last_check
from inventory.services.audit_chain.content import GENESIS, Told, link_hash
from inventory.services.audit_chain.sealing import head, seal
from inventory.services.audit_chain.verification import verify
from tests import builders
from tests.audit.trail import EVENTS, LINKS, drop_constraints, tamper, written
from tests.builders import NOW

pytestmark = pytest.mark.django_db

SEALED = NOW + timedelta(seconds=1)


def _sealed(number: int = 6) -> list[int]:
    """The events of a chain, by position from 1; each was sealed a minute after the one before."""
    events = []
    for each in range(number):
        events += written(1, at=NOW + timedelta(minutes=each))
        seal(at=SEALED + timedelta(minutes=each))
    assert verify().holds
    return [0, *[event.pk for event in events]]


def _only_problem() -> str:
    found = verify()
    assert found.number == 1, found.problems
    return found.problems[0].text


@pytest.mark.parametrize(
    "change",
    [
        "at = at - interval '1 microsecond'", "actor_name = 'somebody@example.org'", "action = 'vendor.added'",
        "object_type = 'team'", "object_id = '2'", "object_name = 'Brightmai1'",
        """data = '{"number":0,"to":"Cafe"}'""",
    ],
)  # fmt: skip
def test_every_column_of_an_event_is_sealed(change):
    events = _sealed()
    tamper(EVENTS, f"UPDATE {EVENTS} SET {change} WHERE id = {events[3]}")
    problem = _only_problem()
    assert f"Position 3 (event {events[3]})" in problem
    assert "was changed after it was sealed" in problem


def test_another_actor_is_a_change():
    events = _sealed()
    tamper(EVENTS, f"UPDATE {EVENTS} SET actor_id = {builders.user().pk} WHERE id = {events[2]}")
    assert f"Position 2 (event {events[2]})" in _only_problem()


def test_a_later_instant_of_sealing_is_a_change():
    events = _sealed()
    tamper(LINKS, f"UPDATE {LINKS} SET sealed_at = sealed_at + interval '1 second' WHERE position = 2")
    assert f"Position 2 (event {events[2]})" in _only_problem()


def test_a_deleted_event_is_missed():
    events = _sealed()
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = {events[4]}")
    assert _only_problem() == f"Position 4 (event {events[4]}): the event was deleted."


def test_a_deleted_link_is_a_gap_and_leaves_its_event_without_one():
    events = _sealed()
    tamper(LINKS, f"DELETE FROM {LINKS} WHERE position = 4")
    texts = [problem.text for problem in verify().problems]
    assert texts == [
        f"Position 5 (event {events[5]}): the link before is missing (position 4).",
        f"Event {events[4]} has no link and does not wait for one.",
    ]


def test_links_and_events_that_were_cut_out_together_are_a_gap():
    events = _sealed()
    tamper(LINKS, f"DELETE FROM {LINKS} WHERE position IN (2, 3)")
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id IN ({events[2]}, {events[3]})")
    assert _only_problem() == f"Position 4 (event {events[4]}): the link before is missing (position 2 to 3)."


def test_swapped_events_are_two_changes():
    events = _sealed()
    tamper(
        LINKS,
        f"UPDATE {LINKS} SET event_id = {events[2]} + {events[3]} - event_id + 1000000 WHERE position IN (2, 3)",
        f"UPDATE {LINKS} SET event_id = event_id - 1000000 WHERE position IN (2, 3)",
    )
    assert [problem.position for problem in verify().problems] == [2, 3]


def test_swapped_places_do_not_follow_each_other():
    _sealed()
    tamper(
        LINKS,
        f"UPDATE {LINKS} SET position = 105 - position WHERE position IN (2, 3)",
        f"UPDATE {LINKS} SET position = position - 100 WHERE position > 100",
    )
    found = verify()
    assert {problem.position for problem in found.problems} == {2, 3, 4}
    assert "the chain is forked" in found.problems[0].text


def _forged(event: AuditEvent, position: int, previous: str) -> str:
    told = Told(
        event.pk, event.at, event.actor_id, event.actor_name, event.action, event.object_type, event.object_id,
        event.object_name, event.data,
    )  # fmt: skip
    digest = link_hash(told, position=position, previous=previous, sealed_at=SEALED)
    return f"INSERT INTO {LINKS} VALUES ({position}, '{SEALED.isoformat()}', '{previous}', '{digest}', {event.pk})"


def test_a_second_link_at_one_position_is_a_fork():
    _sealed()
    (other,) = written(1)
    statement = _forged(other, 3, AuditLink.objects.get(position=2).hash)
    drop_constraints(LINKS)
    tamper(LINKS, statement, "DELETE FROM inventory_unsealedevent")
    assert "there are two links at this position: the chain is forked." in _only_problem()


def test_a_link_that_follows_an_earlier_one_is_a_fork():
    _sealed()
    (other,) = written(1)
    statement = _forged(other, 7, AuditLink.objects.get(position=4).hash)
    drop_constraints(LINKS)
    tamper(LINKS, statement, "DELETE FROM inventory_unsealedevent")
    assert _only_problem() == (
        f"Position 7 (event {other.pk}): it follows position 4 instead of 6: the chain is forked."
    )


def test_a_second_beginning_is_said():
    _sealed()
    (other,) = written(1)
    statement = _forged(other, 7, GENESIS)
    drop_constraints(LINKS)
    tamper(LINKS, statement, "DELETE FROM inventory_unsealedevent")
    assert "the chain begins twice" in _only_problem()


def test_a_predecessor_that_never_was_is_said():
    _sealed()
    (other,) = written(1)
    tamper(LINKS, _forged(other, 7, "f" * 64), "DELETE FROM inventory_unsealedevent")
    assert "it does not follow position 6" in _only_problem()


def test_an_event_of_an_earlier_day_that_is_written_in_later_is_caught_at_its_place_in_the_chain():
    _sealed()
    (backdated,) = written(1, at=NOW - timedelta(days=40))
    seal(at=SEALED + timedelta(days=1))
    problem = _only_problem()
    assert f"Position 7 (event {backdated.pk})" in problem
    assert "2026-09-23T08:00:00.000000Z" in problem
    assert "it was written in later" in problem


def test_a_backdated_event_among_others_of_its_batch_is_caught():
    _sealed()
    written(1, at=NOW + timedelta(days=2))
    (backdated,) = written(1, at=NOW - timedelta(days=40))
    written(1, at=NOW + timedelta(days=2))
    seal(at=SEALED + timedelta(days=2))
    assert f"(event {backdated.pk})" in _only_problem()


def test_an_event_of_the_future_is_caught():
    written(1, at=NOW + timedelta(days=3))
    seal(at=SEALED)
    assert "was sealed before that" in _only_problem()


def test_what_waited_while_nobody_sealed_is_in_order():
    _sealed()
    for days in range(1, 9):
        written(1, at=NOW + timedelta(days=days))
    seal(at=SEALED + timedelta(days=9))
    assert verify().holds


def test_an_event_that_waits_is_counted_and_no_problem():
    _sealed()
    written(3)
    found = verify()
    assert (found.holds, found.unsealed, found.links) == (True, 3, 6)


def test_an_event_that_was_kept_from_the_sealer_is_caught():
    _sealed()
    (hidden,) = written(1)
    tamper(LINKS, "DELETE FROM inventory_unsealedevent")
    assert _only_problem() == f"Event {hidden.pk} has no link and does not wait for one."


def _written_anew(events: list[int]) -> None:
    """The last event's details changed, and every hash that follows from it."""
    tamper(EVENTS, f"UPDATE {EVENTS} SET data = '{{}}' WHERE id = {events[6]}")
    statement = _forged(AuditEvent.objects.get(pk=events[6]), 6, AuditLink.objects.get(position=5).hash)
    tamper(LINKS, f"DELETE FROM {LINKS} WHERE position = 6", statement)


def test_a_chain_that_was_written_anew_no_longer_has_the_head_that_somebody_kept():
    events = _sealed()
    kept = head().hash
    assert verify(kept=kept).holds
    _written_anew(events)
    assert verify().holds
    assert "nowhere in the chain" in verify(kept=kept).problems[0].text


def test_a_chain_that_was_written_anew_no_longer_fits_the_check_of_the_night_before():
    events = _sealed()
    check(at=SEALED)
    _written_anew(events)
    assert "Position 6: the check of 2026-11-02T08:00:01.000000Z saw the head" in _only_problem()


def test_an_end_that_was_cut_off_no_longer_fits_the_check_of_the_night_before():
    events = _sealed()
    check(at=SEALED)
    tamper(LINKS, f"DELETE FROM {LINKS} WHERE position = 6")
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = {events[6]}")
    assert "now there is none" in _only_problem()


def test_a_chain_in_ruins_is_counted_in_full_and_told_in_part(monkeypatch):
    monkeypatch.setattr("inventory.services.audit_chain.verification._TOLD_AT_MOST", 2)
    _sealed()
    tamper(EVENTS, f"UPDATE {EVENTS} SET action = 'x'")
    found = verify()
    assert (found.number, len(found.problems)) == (6, 2)
    assert check(at=SEALED).problem.endswith("And 4 more.")


def _command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_says_the_head_and_ends_with_0_where_the_chain_holds():
    _sealed()
    written(1)
    code, said, _ = _command("--head", head().hash.upper())
    assert code == 0
    assert said == (
        f"6 links, 1 event not sealed yet\nhead {head().hash} at position 6, 2026-11-02T08:05:01.000000Z\n"
        "The chain holds.\n"
    )


def test_the_command_ends_with_1_and_names_the_place_where_it_does_not():
    events = _sealed()
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = {events[4]}")
    code, _, errors = _command()
    assert code == 1
    assert f"Position 4 (event {events[4]}): the event was deleted.\nThe chain does not hold: 1 problem." in errors


def test_the_command_refuses_what_is_no_hash():
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        call_command("verify_audit", "--head", "abc")


def test_the_check_of_a_night_writes_the_head_down_and_to_the_log_once(caplog):
    _sealed()
    with caplog.at_level("INFO"):
        assert check_daily(at=SEALED)
        assert not check_daily(at=SEALED + timedelta(hours=1))
    row = ChainCheck.objects.get()
    assert (row.position, row.head, row.problem) == (6, head().hash, "")
    (line,) = [each for each in caplog.records if each.message == "audit_chain_holds"]
    assert line.head == head().hash
    assert not Notice.objects.exists()


def test_a_check_that_fails_tells_everybody_who_reads_the_trail_at_once():
    readers = {builders.user(role).pk for role in (Role.SECURITY, Role.AUDITOR, Role.ADMIN)}
    builders.user(Role.VIEWER)
    builders.user(Role.ADMIN, is_active=False)
    events = _sealed()
    tamper(EVENTS, f"DELETE FROM {EVENTS} WHERE id = {events[4]}")
    assert check_daily(at=SEALED)
    assert set(Notice.objects.filter(is_urgent=True).values_list("person", flat=True)) == readers
    assert all("Position 4" in notice.text for notice in Notice.objects.all())
    found = last_check()
    assert found is not None
    assert "Position 4" in found.problem
