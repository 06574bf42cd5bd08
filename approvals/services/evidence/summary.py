"""The summary of a pack: a few pages for people who decide, saying what the tables and the manifest say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from reportlab.platypus import Flowable

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import ItemDecision
from approvals.services.evidence.exceptions import exceptions
from approvals.services.evidence.tables import why_not_verified
from approvals.services.evidence.typesetting import document, figures, pairs, space, table, text

# Of each list; the rest is counted, and lies in a table of the pack.
_MOST = 8
# Of what somebody wrote; manifest.json has all of it.
_MOST_WORDS = 1200
_Told = Mapping[str, Any]


def summary(campaign: Campaign, told: _Told) -> bytes:
    """A PDF of two to six pages; ``told`` is what the manifest says."""
    story = [
        *_opening(told),
        *_not_reviewed(campaign, told),
        *_not_verified(campaign),
        *_coverage(told),
        *_people(told),
        *_exceptions(campaign),
        *_checking(told),
    ]
    name = told["campaign"]["name"]
    return document(story, title=f"Review of sending access: {name}", footer=f"{name}, edition {told['edition']}")


def _opening(told: _Told) -> Iterator[Flowable]:
    campaign, counts = told["campaign"], told["counts"]
    yield text("Review of who may send mail as us through Amazon SES", "eyebrow")
    if told["demo"]:
        yield text("DEMO: this is of an estate that does not exist.", "demo")
    yield text(campaign["name"], "title")
    yield text(
        f"Period {campaign['period_from']} to {campaign['period_to']}. Population as of {_at(campaign['as_of'])}, "
        f"sealed {_at(told['sealed_at'])}, edition {told['edition']}. State: {campaign['state'].replace('_', ' ')}.",
        "eyebrow",
    )
    yield text(result(told), "lead")
    said = counts["by_decision"]
    yield figures(
        [
            (_number(counts["items"]), "items as of one instant"),
            *((_number(said.get(key, 0)), words) for key, words in _DECIDED),
            (f"{_number(counts['verified'])} of {_number(counts['to_remediate'])}", "removals and changes verified"),
        ]
    )
    yield from _attested(campaign)


_DECIDED = (
    ("certify", "kept"),
    ("revoke", "to be removed"),
    ("modify", "to be changed"),
    ("not_reviewed", "not reviewed by the due day"),
)


def result(told: _Told) -> str:
    """What came of the review, in a sentence or two."""
    counts, said = told["counts"], told["counts"]["by_decision"]
    missed, wanted = said.get("not_reviewed", 0), counts["to_remediate"]
    looked = counts["items"] - missed - said.get("pending", 0)
    open_ = wanted - counts["verified"]
    first = (
        f"{_number(looked)} of {_number(counts['items'])} ways in which somebody outside can send as us were decided on"
    )
    first += f"; {_number(missed)} nobody reviewed." if missed else "."
    if not wanted:
        return f"{first} Nothing was to be removed or changed."
    if not open_:
        return f"{first} A later reading shows each of the {_number(wanted)} removals and changes to be done."
    rest = f"{_number(open_)} {_are(open_)} not verified by a reading yet."
    return f"{first} Of {_number(wanted)} removals and changes, {rest}"


def _attested(campaign: _Told) -> Iterator[Flowable]:
    if campaign["signed_at"]:
        yield text(f"Signed by {campaign['signed_by']} at {_at(campaign['signed_at'])}, with these words:")
        yield text(f"“{campaign['attestation']}”", most=_MOST_WORDS)
    basis = campaign["frequency_basis"]
    yield text(
        f"Done {campaign['frequency'].replace('_', ' ') or 'once'}. {f'Basis: {basis} ' if basis else ''}"
        "This supports a control that asks for a periodic review of access; whether it does is for its reader to say."
    )
    if campaign["ending_reason"]:
        yield text(
            f"Closed with removals that are not verified, because: {campaign['ending_reason']}", most=_MOST_WORDS
        )
    if campaign["scope"]:
        said = "; ".join(f"{kind.replace('_', ' ')} {', '.join(keys)}" for kind, keys in campaign["scope"].items())
        yield text(f"Narrowed to: {said}")


def _not_reviewed(campaign: Campaign, told: _Told) -> Iterator[Flowable]:
    yield text("Not reviewed", "section")
    number = told["counts"]["by_decision"].get("not_reviewed", 0)
    if not number:
        yield text("Every item was decided on by the due day.")
        return
    yield text("Nobody decided on these by the due day. They are to be removed after 14 days' notice.")
    rows = campaign.items.filter(decision=ItemDecision.NOT_REVIEWED)
    cells = [(*_path(item), item.reviewer_team or item.reviewer_user or "security") for item in _first(rows)]
    yield table(("No.", "Identity", "Policy", "Who may send", "Reviewer"), cells, (2, 10, 5, 6, 6))
    yield from _more(number - len(cells), "decisions.csv")


def _not_verified(campaign: Campaign) -> Iterator[Flowable]:
    yield text("Removals and changes that no reading has shown", "section")
    items = campaign.items.to_remediate()
    decided = items.exclude(decision=ItemDecision.NOT_REVIEWED)
    number, missed = decided.count(), items.count() - decided.count()
    if missed:
        yield text(f"{_number(missed)} of those that nobody reviewed {_are(missed)} still there.")
    if not number:
        yield text("Everything that was decided to be removed or changed is verified.")
        return
    cells = [(*_path(item), _words(item), why_not_verified(item)) for item in _first(decided)]
    yield table(("No.", "Identity", "Policy", "Who may send", "To do", "Why"), cells, (2, 9, 5, 6, 3, 6))
    yield from _more(number - len(cells), "remediation.csv")


def _coverage(told: _Told) -> Iterator[Flowable]:
    campaign, places = told["campaign"], told["accounts"]
    yield text("What was looked at, and what was not", "section")
    unused = places["declared_unused"]
    yield text(
        f"{_number(places['collected'])} of {_number(places['expected'])} account regions were completely read within "
        f"24 hours before the population was frozen{f'; {_number(unused)} are declared unused' if unused else ''}."
    )
    if campaign["shortfall"]:
        yield text(
            f"{campaign['overridden_by']} accepted what was missing, because: {campaign['override_reason']}",
            most=_MOST_WORDS,
        )
        cells = [(each["account"], each["account_name"], each["region"], each["problem"]) for each in places["failed"]]
        yield table(("Account", "Name", "Region", "Why it was not read"), cells[:_MOST], (2, 3, 2, 5))
        yield from _more(len(cells) - _MOST, "manifest.json")
    yield from _unseen(told["longest_unseen"])
    kinds = "; ".join(each["what"] for each in campaign["not_collected"])
    yield text(f"Not part of this review, because sesgov does not collect them: {kinds}.")


def _unseen(stretches: Sequence[_Told]) -> Iterator[Flowable]:
    never = sum(1 for each in stretches if not each["readings"])
    if never:
        yield text(
            f"{_number(never)} of these regions {'was' if never == 1 else 'were'} never completely read in the period."
        )
    yield text("The longest stretches of the period without a complete reading:")
    cells = [(e["account"], e["region"], _hours(e), f"{_at(e['from'])} to {_at(e['to'])}") for e in stretches[:5]]
    yield table(("Account", "Region", "Unseen for", "From, to"), cells, (2, 2, 2, 5))
    yield from _more(len(stretches) - len(cells), "manifest.json")


def _people(told: _Told) -> Iterator[Flowable]:
    yield text("Who reviewed", "section")
    rows = sorted(told["reviewers"], key=lambda each: (-each["not_reviewed"], -each["items"], each["name"]))
    cells = [(e["name"], e["kind"], *map(_number, (e["items"], e["decided"], e["not_reviewed"]))) for e in rows[:_MOST]]
    yield table(("Reviewer", "Kind", "Items", "Decided", "Not reviewed"), cells, (6, 2, 2, 2, 2))
    yield from _more(len(rows) - len(cells), "manifest.json")
    people = told["deciders"]
    if people:
        most = sorted(people, key=lambda each: (-each["items"], each["email"]))[:_MOST]
        cells = [(each["name"], each["email"], _number(each["items"])) for each in most]
        yield table(("Whose word holds", "E-mail address", "Items"), cells, (5, 6, 2))
        yield from _more(len(people) - len(most), "manifest.json")


def _exceptions(campaign: Campaign) -> Iterator[Flowable]:
    yield text("Exceptions: what was let stand in the period", "section")
    rows = exceptions(campaign)
    cells = [
        (kind, what, by or "", decided or "", until or "")
        for kind, what, by, decided, _, until, _ in islice(rows, _MOST)
    ]
    if not cells:
        yield text("There are none: no shortfall, accepted risk, declared region or grant that was given at once.")
        return
    yield table(("Kind", "What", "Asked by", "Decided by", "Until"), cells, (3, 6, 4, 4, 2))
    yield from _more(sum(1 for _ in rows), "exceptions.csv")


def _checking(told: _Told) -> Iterator[Flowable]:
    audit = told["audit"]
    yield text("How to check this", "section")
    yield text(
        "This page is one file of an evidence pack and proves nothing by itself. The pack holds the whole population, "
        "every decision and every removal as tables, the audit events without a gap, and a script that checks them "
        "with Python alone: python3 verify.py PACK.zip --fingerprint FINGERPRINT --head HEAD. Take the fingerprint and "
        "the head from where you keep them, such as the message that came with the sealing, and not from here."
    )
    rows = [
        ("Signing key, fingerprint", told["signing_key_fingerprint"]),
        ("Head of the audit chain", f"{audit['head_hash']} at position {audit['head_position']}"),
        ("Population, SHA-256", told["campaign"]["population_sha256"]),
        ("Pack sealed before this", told["previous_pack_hash"] or "none"),
        ("Everything else", "manifest.json: the SHA-256 of each file, runs, settings in force and changed"),
        ("Made by", f"sesgov {told['version']}, sealed by {told['sealed_by']}"),
    ]
    yield pairs(rows)
    yield space(1)


def _first(items: Any) -> list[ReviewItem]:
    related = ("identity", "delegation", "reviewer_team", "reviewer_user")
    return list(items.select_related(*related).order_by("position")[:_MOST])


def _path(item: ReviewItem) -> tuple[object, ...]:
    return item.position, item.identity.name, item.delegation.policy_name, item.delegation.principal


def _words(item: ReviewItem) -> str:
    return "remove" if item.decision == ItemDecision.REVOKE else "change"


def _more(number: int, name: str) -> Iterator[Flowable]:
    if number > 0:
        yield text(f"And {_number(number)} more in {name}.")


def _number(number: int) -> str:
    return f"{number:,}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _hours(stretch: _Told) -> str:
    hours: int = stretch["hours"]
    said = f"{hours} h" if hours < 72 else f"{hours // 24} days"
    return said if stretch["readings"] else f"{said}, never read"


def _at(instant: str | None) -> str:
    """To the minute."""
    return f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M} UTC" if instant else "never"
