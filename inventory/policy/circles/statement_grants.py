"""One Allow: the delegations of a single statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inventory.policy.actions import classes_of
from inventory.policy.channels import Channel
from inventory.policy.circles.admission import OWN_ORGANIZATION
from inventory.policy.circles.circle_search import Circle
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.limits import limits_of
from inventory.policy.circles.reaches import circles_by_channel
from inventory.policy.circles.reasons import reason_for
from inventory.policy.delegations import Delegation
from inventory.policy.keys import Kind, Source, depends_on_action, presence
from inventory.policy.reach import Reach
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.instants import epoch, instant_of, iso
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.requests import Request
from inventory.policy.search.populations import Population
from inventory.policy.search.settings import UNKNOWN_ORGANIZATION, Setting
from inventory.policy.search.truths import holds
from inventory.policy.trust import Trust

_SECOND = timedelta(seconds=1)
_CHANNELS = tuple(Channel)


@dataclass
class _Found:
    """What has been found for one (channel, reach, trust)."""

    circles: list[Circle] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    instants: dict[str, list[datetime]] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)


class Grant:
    """The delegations of one Allow."""

    def __init__(self, permission: Permission, statement: Statement) -> None:
        self.permission, self.statement = permission, statement
        self.setting: Setting = permission.setting
        self.found: dict[tuple[Channel, Reach, Trust], _Found] = {}
        self.instants: dict[str, list[datetime]] = {}

    def delegations(self) -> list[Delegation]:
        """One per channel, reach and trust; one inert or dangling delegation where nobody is admitted."""
        if self.statement.covers(self.setting.identity_arn, self.setting.context, surely=False):
            self.look()
        in_order = sorted(self.found.items(), key=lambda each: _CHANNELS.index(each[0][0]))
        made = [self._delegation(*key, found) for key, found in in_order]
        return made + list(self._nobody(is_empty=not made))

    def look(self) -> None:
        """Find every circle of callers."""
        for actions, denies in self._action_groups():
            self.instants[actions[0]] = self._instants(denies)
            live = [instant for instant in self.instants[actions[0]] if self._is_in_date(instant)]
            for instant in live:
                population = Population(Channel.DIRECT, actions[0], instant)
                for channel, circles in circles_by_channel(self.permission, self.statement, population, denies):
                    for circle in circles:
                        self._add(channel, circle, actions, instant)

    def _is_in_date(self, instant: datetime) -> bool:
        """Whether the statement's own conditions on the time hold."""
        context = {"aws:CurrentTime": iso(instant), "aws:EpochTime": epoch(instant)}
        return all(
            holds(condition, context, {})
            for condition in self.statement.conditions
            if condition.key is not None and condition.key.source is Source.CLOCK and not condition.doubt
        )

    def _action_groups(self) -> list[tuple[list[str], tuple[Statement, ...]]]:
        """Actions that no condition and no Deny tells apart, with the Denys that mean them; send actions first."""
        groups: dict[object, tuple[list[str], tuple[Statement, ...]]] = {}
        conditions = [c for s in (self.statement, *self.permission.denies) for c in s.conditions]
        keys = {c.key.name: c.key for c in conditions if c.key is not None and depends_on_action(c.key)}
        for action in sorted(self.statement.known_actions, key=_send_first):
            denies = self.permission.denies_of(action)
            profile = tuple(presence(key, Channel.DIRECT, action) for key in keys.values())
            mark = (tuple((s.policy, s.index) for s in denies), profile)
            groups.setdefault(mark, ([], denies))[0].append(action)
        return list(groups.values())

    def _instants(self, denies: Sequence[Statement]) -> list[datetime]:
        """Now, and every later instant at which a condition changes, with the one after."""
        at = self.setting.at
        later = set()
        for condition in (c for s in (self.statement, *denies) for c in s.conditions):
            if condition.key is not None and condition.key.kind is Kind.DATE and not condition.doubt:
                for value in condition.values:
                    edge = instant_of(value)
                    later |= {edge.replace(microsecond=0), edge.replace(microsecond=0) + _SECOND} if edge else set()
        return [at, *sorted(edge for edge in later if edge > at)]

    def _add(self, channel: Channel, circle: Circle, actions: list[str], instant: datetime) -> None:
        found = self.found.setdefault((channel, circle.reach, circle.trust), _Found())
        found.circles.append(circle)
        found.instants.setdefault(actions[0], []).append(instant)
        if circle.model.is_certain and "" not in found.requests:
            found.requests[""] = Request(
                caller=circle.model.caller,
                action=f"ses:{actions[0]}",
                identity_arn=self.setting.identity_arn,
                channel=channel,
                context=dict(sorted(circle.model.context.items())),
            )
        found.actions += [action for action in actions if action not in found.actions]

    def _delegation(self, channel: Channel, reach: Reach, trust: Trust, found: _Found) -> Delegation:
        statement = self.statement
        actions = tuple(f"ses:{action}" for action in sorted(found.actions))
        starts_at, ends_at = self._window(found)
        return Delegation(
            policy=statement.policy,
            sid=statement.sid,
            statement=statement.index,
            channel=channel,
            reach=reach,
            trust=trust,
            accounts=_all(circle.account for circle in found.circles),
            organizations=_all(_shown(circle.organization) for circle in found.circles),
            principals=_all(circle.principal for circle in found.circles),
            services=_all(circle.service for circle in found.circles),
            action_classes=classes_of(actions),
            actions=actions,
            limits=limits_of(self.permission, statement, channel, actions),
            reason="; ".join(dict.fromkeys(self._doubts())) if reach is Reach.UNDETERMINED else "",
            starts_at=starts_at,
            ends_at=ends_at,
            witness=found.requests.get(""),
        )

    def _doubts(self) -> Iterator[str]:
        yield from self.statement.doubts
        for principal in self.statement.principals:
            if principal.doubt:
                yield principal.doubt
        if not self.statement.doubts:
            yield _entangled(self.statement)

    def _window(self, found: _Found) -> tuple[datetime | None, datetime | None]:
        """From when and until when any of its actions is let through; ``None`` where that has no bound."""
        starts, ends = [], []
        for action, instants in found.instants.items():
            later = [instant for instant in self.instants[action] if instant > max(instants)]
            starts.append(min(instants) if min(instants) > self.setting.at else None)
            ends.append(later[0] if later else None)
        return _earliest(starts), _latest(ends)

    def _nobody(self, *, is_empty: bool) -> Iterator[Delegation]:
        statement = self.statement
        actions = tuple(f"ses:{action}" for action in sorted(statement.known_actions))
        deleted = [p.value for p in statement.principals if p.kind is PrincipalKind.DELETED]
        blank = Delegation(
            policy=statement.policy,
            sid=statement.sid,
            statement=statement.index,
            channel=Channel.DIRECT,
            reach=Reach.INERT,
            trust=None,
            action_classes=classes_of(actions),
            actions=actions,
            limits=limits_of(self.permission, statement, Channel.DIRECT, actions),
        )
        if deleted and not statement.excludes_principals:
            why = f"{', '.join(deleted)} is the id of a user or role that was deleted: it admits nobody"
            yield replace(blank, reach=Reach.DANGLING, principals=tuple(sorted(deleted)), reason=why)
        elif is_empty:
            yield replace(blank, reason=reason_for(self.permission, statement))


def _entangled(statement: Statement) -> str:
    """Why a search stayed open."""
    linked = [condition for condition in statement.conditions if condition.variables]
    if linked:
        return (
            f"whether {linked[0].key_name} can fit {linked[0].values[0]!r} hangs on other keys of the same request, "
            "and no request was found or ruled out"
        )
    keys = ", ".join(dict.fromkeys(condition.key_name for condition in statement.conditions))
    return f"the patterns of {keys or 'its Denys'} are too entangled to search through"


def _earliest(starts: list[datetime | None]) -> datetime | None:
    return min((start for start in starts if start), default=None) if None not in starts else None


def _latest(ends: list[datetime | None]) -> datetime | None:
    return max((end for end in ends if end), default=None) if None not in ends else None


def _send_first(action: str) -> tuple[bool, str]:
    return (action != "SendEmail", action) if action.startswith("Send") else (True, f"~{action}")


def _all(values: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _shown(organization: str | None) -> str | None:
    return OWN_ORGANIZATION if organization == UNKNOWN_ORGANIZATION else organization
