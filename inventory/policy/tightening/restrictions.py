"""Restrictions: what one Allow needs so that no more is let in than is meant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.policy.actions import CLASS_OF, SEND_ACTIONS
from inventory.policy.channels import Channel
from inventory.policy.delegations import Delegation
from inventory.policy.grants.terms import sends_mail
from inventory.policy.keys import Source
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.reading.values import has_wildcard
from inventory.policy.tightening.drafts import Draft
from inventory.policy.tightening.placeholders import Choices, Placeholder, PlaceholderKind, is_service, one_or_all
from inventory.policy.words.sentences import shown_account

_BULK = "ses:SendBulkEmail"
_ADMIN = ("policy-admin", "identity-admin")
_OPEN = (Reach.PUBLIC, Reach.NETWORK, Reach.UNDETERMINED)
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_CARRIED = "aws:SourceAccount and aws:SourceArn are carried only by calls of AWS services, never by an account's own"
_CONTENT = ("from_address", "recipients")


def misplaced_conditions(draft: Draft) -> list[Condition]:
    """Conditions that only calls of services meet, in a statement that names no service."""
    if any(principal.kind is PrincipalKind.SERVICE for principal in draft.parsed.principals):
        return []
    return [
        condition
        for condition in draft.parsed.conditions
        if condition.key is not None and condition.key.source is Source.SERVICE and not condition.when_missing
    ]


@dataclass(frozen=True, slots=True)
class Restriction:
    """One step. ``opens`` tells that someone may get in whom the policy kept out."""

    code: str
    text: str
    placeholder: Placeholder | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The steps for one Allow, which change its draft as they are taken.

    ``delegations`` are those of the statement that let anyone outside in. Taking them raises
    :class:`~inventory.policy.tightening.placeholders.ChoiceError` where an answer makes no sense.
    """

    draft: Draft
    number: int
    delegations: Sequence[Delegation]
    choices: Choices
    identity_arn: str
    owner_account: str

    def take(self) -> Iterator[Restriction]:
        """Each step, in the order in which people read a statement."""
        yield from self._principal()
        yield from self._source_account()
        yield from self._resource()
        yield from self._senders()
        yield from self._actions()
        yield from self._networks()
        yield from self._end()

    def _placeholder(self, kind: PlaceholderKind, suggestion: str = "", *, is_inserted: bool = True) -> Placeholder:
        parsed = self.draft.parsed
        return Placeholder(kind, self.number, parsed.policy, parsed.index, suggestion, is_inserted)

    def _principal(self) -> Iterator[Restriction]:
        named = self.draft.parsed.principals
        is_vague = self.draft.parsed.excludes_principals or any(
            each.kind in (PrincipalKind.ANYONE, PrincipalKind.DOUBTFUL) or not each.is_exact for each in named
        )
        if is_vague and (misplaced_conditions(self.draft) or any(each.reach in _OPEN for each in self.delegations)):
            yield from self._name_someone()
        elif misplaced_conditions(self.draft):
            self._drop_service_keys()
            yield Restriction("source-account-key", f"{_CARRIED}: without it the named callers get in", opens=True)
        elif any(each.reach is Reach.ACCOUNT for each in self.delegations):
            accounts = sorted({shown_account(account, {}) for each in self.delegations for account in each.accounts})
            wanted = self._placeholder(PlaceholderKind.PRINCIPAL, is_inserted=False)
            if self.choices.is_made(wanted):
                self._set_principals(self.choices.values(wanted))
            yield Restriction(
                "whole-account",
                f"everybody in {', '.join(accounts)} may send; a role or user there would do, if they can name one",
                wanted,
                opens=self.choices.is_made(wanted),
            )

    def _misplaced(self) -> list[str]:
        """The accounts in conditions on ``aws:SourceAccount`` and the like."""
        values = [value for each in misplaced_conditions(self.draft) for value in each.values]
        return list(dict.fromkeys(account for value in values for account in _ACCOUNT.findall(value)))

    def _name_someone(self) -> Iterator[Restriction]:
        misplaced = bool(misplaced_conditions(self.draft))
        wanted = self._placeholder(PlaceholderKind.PRINCIPAL, ", ".join(self._misplaced()))
        text = "anyone could be let in: the callers are named"
        if misplaced:
            text = f"{_CARRIED}: name the account as Principal, or the service that acts for it"
        if self.choices.is_kept(wanted):
            yield Restriction("principal", _left(text), wanted)
            return
        values = self.choices.values(wanted)
        self._set_principals(values)
        is_direct = self.choices.is_made(wanted) and not any(is_service(each) for each in values)
        if misplaced and is_direct:
            self._drop_service_keys()
        yield Restriction("principal", text, wanted, opens=misplaced and is_direct)

    def _set_principals(self, values: list[str]) -> None:
        services = [each for each in values if is_service(each)]
        others = [each for each in values if not is_service(each)]
        kept: dict[str, Any] = {}
        told = self.draft.json.get("Principal")
        if isinstance(told, dict) and "Service" in told:
            kept["Service"] = told["Service"]
        if others:
            kept["AWS"] = one_or_all(others)
        if services:
            kept["Service"] = one_or_all(services)
        self.draft.json["Principal"] = kept
        if "NotPrincipal" in self.draft.json:
            self.draft.json = {
                ("Principal" if name == "NotPrincipal" else name): kept if name == "NotPrincipal" else value
                for name, value in self.draft.json.items()
                if name != "Principal"
            }

    def _drop_service_keys(self) -> None:
        for condition in misplaced_conditions(self.draft):
            self.draft.drop(condition.operator_name, condition.key_name)

    def _source_account(self) -> Iterator[Restriction]:
        if not any(each.kind is PrincipalKind.SERVICE for each in self.draft.parsed.principals):
            return
        if not any(each.reach is Reach.SERVICE_UNPINNED for each in self.delegations):
            return
        wanted = self._placeholder(PlaceholderKind.SOURCE_ACCOUNT, self.owner_account)
        text = "the service would send for any of its customers: it is pinned to the account it acts for"
        if self.choices.is_kept(wanted):
            yield Restriction("source-account", _left(text), wanted)
            return
        replaces = self.draft.put("StringEquals", "aws:SourceAccount", one_or_all(self.choices.values(wanted)))
        yield Restriction("source-account", text, wanted, opens=replaces)

    def _resource(self) -> Iterator[Restriction]:
        told = self.draft.json.get("Resource")
        if "NotResource" in self.draft.json or told in (self.identity_arn, [self.identity_arn]):
            return
        self.draft.json["Resource"] = self.identity_arn
        yield Restriction("resource", "the resource is this identity, and nothing wider")

    def _has(self, kinds: Sequence[str]) -> bool:
        """Whether each way in has an effective limit of one of the kinds."""
        return all(
            any(limit.kind in kinds and limit.is_effective for limit in each.limits) for each in self.delegations
        )

    @property
    def _mail(self) -> list[str]:
        return sorted({action for each in self.delegations for action in each.actions if sends_mail(action)})

    def _senders(self) -> Iterator[Restriction]:
        if not self._mail or "@" in self.identity_arn or self._has(("from_address",)):
            return
        domain = self.identity_arn.rpartition("identity/")[2]
        wanted = self._placeholder(PlaceholderKind.FROM_ADDRESS, f"news@{domain}")
        text = f"any address of {domain} could be the sender: the senders are named"
        if self.choices.is_kept(wanted):
            yield Restriction("from-address", _left(text), wanted)
            return
        operator, values = self.choices.senders(wanted)
        replaces = self.draft.put(operator, "ses:FromAddress", values)
        yield Restriction("from-address", text, wanted, opens=replaces)

    def _actions(self) -> Iterator[Restriction]:
        parsed = self.draft.parsed
        covered = [f"ses:{action}" for action in parsed.known_actions]
        sends = [action for action in covered if action.removeprefix("ses:") in SEND_ACTIONS]
        admin = [action for action in covered if CLASS_OF.get(action.removeprefix("ses:")) in _ADMIN]
        is_broad = parsed.excludes_actions or any(has_wildcard(action) for action in parsed.actions)
        is_limited = any(limit.kind in _CONTENT for each in self.delegations for limit in each.limits) or any(
            key.lower() in ("ses:fromaddress", "ses:recipients")
            for tests in self.draft.json.get("Condition", {}).values()
            for key in tests
        )
        wanted = (sends or covered) if is_broad else [each for each in covered if each not in admin]
        texts = []
        if is_broad and sends and set(wanted) != set(covered):
            texts.append(f"of {len(covered)} actions only those that send are kept")
        if admin and not is_broad:
            texts.append(f"{', '.join(admin)} would let others change the identity")
        if is_limited and _BULK in wanted:
            wanted = [each for each in wanted if each != _BULK]
            texts.append("ses:SendBulkEmail carries no sender, so that no limit on addresses holds for it")
        if texts and wanted:
            self._set_actions(one_or_all(sorted(wanted)))
            yield Restriction("actions", "; ".join(texts))
        elif texts:
            self.draft.is_removed = True
            yield Restriction("actions", f"{'; '.join(texts)}: nothing is left of the statement, it is taken out")

    def _set_actions(self, actions: str | list[str]) -> None:
        told = self.draft.json
        self.draft.json = {
            ("Action" if name == "NotAction" else name): actions if name in ("Action", "NotAction") else value
            for name, value in told.items()
        }

    def _networks(self) -> Iterator[Restriction]:
        if all(each.channel is Channel.SERVICE for each in self.delegations) or self._has(("network",)):
            return
        wanted = self._placeholder(PlaceholderKind.SOURCE_IP)
        text = "calls could come from anywhere: the networks are named"
        if self.choices.is_kept(wanted):
            yield Restriction("source-ip", _left(text), wanted)
            return
        replaces = self.draft.put("IpAddress", "aws:SourceIp", one_or_all(self.choices.values(wanted)))
        yield Restriction("source-ip", text, wanted, opens=replaces)

    def _end(self) -> Iterator[Restriction]:
        if all(each.ends_at is not None for each in self.delegations):
            return
        wanted = self._placeholder(PlaceholderKind.END_DATE)
        text = "the access never ended: AWS ends it after the last day"
        if self.choices.is_kept(wanted):
            yield Restriction("end-date", _left(text), wanted)
            return
        replaces = self.draft.put("DateLessThan", "aws:CurrentTime", self.choices.values(wanted)[0])
        yield Restriction("end-date", text, wanted, opens=replaces)


def _left(text: str) -> str:
    """The text of a step that a person has declined."""
    return f"left as it is, by choice: {text.partition(':')[0]}"
