"""Packs: the exact policy documents that bring about a change and leave everybody else as they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inventory.policy.delegations import Delegation
from inventory.policy.grants.changes import (
    Change,
    Ground,
    are_let_in,
    before_end,
    counted,
    is_for,
    open_doors,
    own_calls,
)
from inventory.policy.grants.coverage import Match, covers
from inventory.policy.grants.cutting import Cut
from inventory.policy.grants.placing import MOST_POLICIES, Placing, Room
from inventory.policy.grants.stopping import stop_statement
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.tightening.drafts import PolicyDraft, draft_of, pretty

STOPPED = (
    "So this pack stops them with a Deny, which leaves the others as they are. The wider statement itself stays: "
    "narrow it as soon as the others have statements of their own, then delete the Deny."
)
UNREADABLE = "Policy {name} cannot be read ({why}), so nobody can say whom it lets in. Mend or delete it first."


@dataclass(frozen=True, slots=True)
class Pack:
    """``writes`` maps names of policies to their new texts, ``deletes`` names those of which nothing is left.

    ``problem`` says why the change cannot be made exactly; the documents are then the nearest honest thing, which may
    be none at all. ``notes`` are what to know before applying it.
    """

    writes: Mapping[str, str] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not self.writes and not self.deletes

    def applied_to(self, policies: Mapping[str, str]) -> dict[str, str]:
        """The policies as they would be."""
        return {name: text for name, text in policies.items() if name not in self.deletes} | dict(self.writes)


def make_pack(policies: Mapping[str, str], change: Change, ground: Ground) -> Pack:
    """The pack for a change of the policies as they are, by name; never one that the engine does not bear out.

    Others are compared before and after: whoever is not meant by the change keeps exactly what they had.
    """
    unreadable = unread(policies)
    if unreadable:
        return Pack(problem=unreadable)
    if is_done(policies, change, ground) and not _dead(policies, change, ground):
        return Pack()
    try:
        return _Making(policies, change, ground).pack()
    except TermsError as error:
        return Pack(problem=f"No policy says these terms: {error.message}.")


def is_done(policies: Mapping[str, str], change: Change, ground: Ground) -> bool:
    """Whether the policies do already what the change is to bring about.

    A grant is applied when everyone it names is let in, and nobody of them beyond it. A removal is done when nobody
    meant is let in, and what they could call no longer passes through any other door either.
    """
    if unread(policies):
        return False
    meant = [part for part in ground.parts(policies) if change.means(part, ground.at)]
    if change.is_removal:
        return not meant and not open_doors(policies, change, ground)
    terms = _terms(change)
    within = all(isinstance(covers(terms, part, at=ground.at), Match) for part in meant)
    return within and are_let_in(policies, terms, ground)


def unread(policies: Mapping[str, str]) -> str:
    """Why a policy cannot be read, as a sentence; empty where all can."""
    for name, text in policies.items():
        try:
            draft_of(name, text)
        except PolicyError as error:
            return UNREADABLE.format(name=name, why=error.message)
    return ""


def _dead(policies: Mapping[str, str], change: Change, ground: Ground) -> bool:
    """Whether a statement is left of access that AWS itself has ended."""
    past = before_end(ground, change.terms)
    if not change.is_removal or past == ground:
        return False
    return any(change.means(part, past.at) for part in past.parts(policies))


def _terms(change: Change) -> GrantTerms:
    if change.terms is None:
        raise TermsError("terms", "nobody said what is to be let in")
    return change.terms


@dataclass(slots=True)
class _Making:
    policies: Mapping[str, str]
    change: Change
    ground: Ground
    problems: list[str] = field(default_factory=list)

    def pack(self) -> Pack:
        drafts = [draft_of(name, text) for name, text in self.policies.items()]
        at = before_end(self.ground, self.change.terms) if self.change.is_removal else self.ground
        cuts = self._cuts(drafts, at)
        if not self.change.is_removal:
            ended = self._only_ended(drafts, cuts)
            if ended is not None:
                return ended
        for cut in cuts:
            why = cut.make()
            if why:
                self.problems.append(_cannot(cut, why))
        room = Room(drafts, {cut.policy.name for cut in cuts})
        if not self.change.is_removal and not self.problems:
            problem = Placing(_terms(self.change), self.change.policy, self.ground.at).into(room, cuts)
            self.problems += [problem] if problem else []
        return self._checked(room)

    def _cuts(self, drafts: Sequence[PolicyDraft], at: Ground) -> list[Cut]:
        parts = at.parts(self.policies)
        cuts = []
        for policy in drafts:
            for index, draft in enumerate(policy.statements):
                own = [part for part in parts if (part.policy, part.statement) == (policy.name, index)]
                go = [part for part in own if self.change.means(part, at.at)]
                if go:
                    stay = [part for part in own if part not in go]
                    cuts.append(Cut(at, policy, draft, go, stay))
        return cuts

    def _only_ended(self, drafts: Sequence[PolicyDraft], cuts: Sequence[Cut]) -> Pack | None:
        """The same statement with its end, where that is all that is missing."""
        terms = _terms(self.change)
        if len(cuts) != 1 or cuts[0].stay or not all(_differs_in_time(terms, part, self.ground) for part in cuts[0].go):
            return None
        copies = [draft_of(policy.name, policy.text()) for policy in drafts]
        (policy,) = [copy for copy in copies if copy.name == cuts[0].policy.name]
        statement = policy.statements[cuts[0].go[0].statement]
        Placing(terms, self.change.policy, self.ground.at).put_window(statement)
        pack = Pack({policy.name: policy.text()})
        return pack if not self._why_not(pack) else None

    def _checked(self, room: Room) -> Pack:
        pack = Pack(*room.changes(self.policies), tuple(room.notes))
        why = " ".join(self.problems) or self._why_not(pack)
        if not why:
            return pack
        return self._stopped(pack, why) or Pack(problem=why)

    def _stopped(self, pack: Pack, why: str) -> Pack | None:
        """A Deny for those who go, where they cannot be taken out: nobody else loses a call that passes today."""
        stop = stop_statement(self.change, self.ground) if self.change.is_removal else None
        if stop is None or len(pack.applied_to(self.policies)) >= MOST_POLICIES:
            return None
        stem = f"{self.change.policy[:50] or 'sesgov'}-stop"
        names = (stem, *(f"{stem}-{number}" for number in range(2, MOST_POLICIES + 2)))
        name = next(each for each in names if each not in self.policies)
        stopped = Pack({**pack.writes, name: pretty(stop)}, pack.deletes, pack.notes, f"{why} {STOPPED}")
        after = stopped.applied_to(self.policies)
        others = [p for p in self.ground.parts(self.policies) if not self.change.means(p, self.ground.at)]
        keep = all(self.ground.decide(after, call).allowed for p in others for call in own_calls(p))
        is_safe = keep and not self._newcomers(self.ground.parts(after), self.ground)
        return stopped if is_safe and is_done(after, self.change, self.ground) else None

    def _why_not(self, pack: Pack) -> str:
        """What the engine says against a pack; empty where it bears it out."""
        after = pack.applied_to(self.policies)
        grounds = [self.ground, before_end(self.ground, self.change.terms)] if self.change.is_removal else [self.ground]
        if any(not self._keeps_others(after, each) for each in grounds):
            return (
                "sesgov could not show that everybody else keeps exactly what they have, so it proposes no document. "
                "Change the statement by hand, and look at the result in the policy laboratory first."
            )
        if is_done(after, self.change, self.ground):
            return ""
        return self._why_not_done(after)

    def _keeps_others(self, after: Mapping[str, str], ground: Ground) -> bool:
        stay = counted([p for p in ground.parts(self.policies) if not self.change.means(p, ground.at)])
        now = ground.parts(after)
        for each in counted(now):
            if each in stay:
                stay.remove(each)
        return not stay and not self._newcomers(now, ground)

    def _newcomers(self, now: Sequence[Delegation], ground: Ground) -> bool:
        """Whether anybody is let in whom neither the policies before nor the terms let in."""
        before = counted(ground.parts(self.policies))
        new = [part for part in now if counted([part])[0] not in before]
        if self.change.is_removal:
            return bool(new)
        terms = _terms(self.change)
        return any(not isinstance(covers(terms, part, at=ground.at), Match) for part in new)

    def _why_not_done(self, after: Mapping[str, str]) -> str:
        if not self.change.is_removal:
            return (
                "Something else in the policies, a Deny perhaps, would stop this access. Look at the identity's page."
            )
        for decision in open_doors(after, self.change, self.ground):
            step = decision.deciding[0].statement
            return (
                f"Even without a statement of their own they could go on: statement {step.index + 1} of policy "
                f"{step.policy} lets them in together with others."
            )
        return "Somebody whom this is about would still be let in."


def _differs_in_time(terms: GrantTerms, part: Delegation, ground: Ground) -> bool:
    found = covers(terms, part, at=ground.at)
    return is_for(terms, part) and (isinstance(found, Match) or found.is_only_in_time)


def _cannot(cut: Cut, why: str) -> str:
    return f"Statement {cut.go[0].statement + 1} of policy {cut.policy.name} cannot be split safely: {why}."
