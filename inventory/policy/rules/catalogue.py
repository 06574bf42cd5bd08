"""All rules by id, in the order in which they are listed."""

from collections.abc import Mapping
from types import MappingProxyType

from inventory.policy.rules.rule_texts import RuleText
from inventory.policy.rules.texts.administration import ADMINISTRATION_TEXTS
from inventory.policy.rules.texts.approvals import APPROVAL_TEXTS
from inventory.policy.rules.texts.breadth import BREADTH_TEXTS
from inventory.policy.rules.texts.conditions import CONDITION_TEXTS
from inventory.policy.rules.texts.senders import SENDER_TEXTS
from inventory.policy.rules.texts.shapes import SHAPE_TEXTS

RULES: Mapping[str, RuleText] = MappingProxyType(
    {
        text.rule_id: text
        for text in (
            *SENDER_TEXTS,
            *ADMINISTRATION_TEXTS,
            *BREADTH_TEXTS,
            *CONDITION_TEXTS,
            *SHAPE_TEXTS,
            *APPROVAL_TEXTS,
        )
    }
)
# What people have decided speaks here: approvals judge these, the policies alone do not.
APPROVAL_RULES = frozenset(text.rule_id for text in APPROVAL_TEXTS)
# Those of which one alone says that somebody outside is let in who is not approved, not so widely, or no longer.
UNAPPROVED_RULES = ("unapproved-delegation", "scope-exceeded", "grant-not-removed")
