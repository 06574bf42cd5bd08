"""Repairs: conditions that do not say what was meant, put right."""

from collections.abc import Callable, Iterator

from inventory.policy.keys import Source
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.tightening.drafts import Draft

Repair = tuple[str, str, bool]
"""Code, text, and whether someone may get in thereby whom the policy kept out."""

MISSING_KEY, OPTIONAL_CONDITION, EMPTY_SET, DEAD_DENY = (
    "key-does-not-exist", "condition-is-optional", "set-may-be-empty", "deny-never-fires",
)  # fmt: skip


def repairs_of_keys(draft: Draft) -> Iterator[Repair]:
    """Without the keys that do not exist; a Deny that therefore never fires goes as a whole."""
    for condition in _conditions(draft, lambda each: each.key is not None and each.key.source is Source.NOBODY):
        name = condition.key_name
        if not draft.parsed.allows:
            if not condition.when_missing and not draft.is_removed:
                draft.is_removed = True
                yield DEAD_DENY, f"the key {name} does not exist, so that this Deny never fires: it is taken out", False
            continue
        draft.drop(condition.operator_name, name)
        was_closed = not condition.when_missing
        effect = "let nobody in; without it the statement works" if was_closed else "kept nobody out"
        instead = "; the configuration set demands encryption (TlsPolicy REQUIRE)" if "tls" in name.lower() else ""
        yield MISSING_KEY, f"the key {name} does not exist: the condition {effect}{instead}", was_closed


def repairs_of_options(draft: Draft) -> Iterator[Repair]:
    """Conditions of an Allow that pass where the key is missing, made to need it."""
    if not draft.parsed.allows:
        return
    for condition in _conditions(draft, lambda each: each.is_positive and each.when_missing and not each.doubt):
        operator, key = condition.operator_name, condition.key_name
        quantifier = condition.operator.quantifier if condition.operator else Quantifier.NONE
        if condition.operator is None or condition.operator.family is Family.NULL:
            continue
        if operator.endswith("IfExists") and draft.rename(operator, key, operator.removesuffix("IfExists")):
            operator = operator.removesuffix("IfExists")
            yield OPTIONAL_CONDITION, f"a request without {key} passed: {operator} now needs it", False
        if quantifier is Quantifier.ALL and not _needs(draft, key):
            draft.put("Null", key, "false")
            yield EMPTY_SET, f"a request without {key} passed ForAllValues: Null now demands the key", False


def _needs(draft: Draft, key: str) -> bool:
    return any(
        each.lower() == key.lower() and str(value).lower() == "false"
        for each, value in draft.condition.get("Null", {}).items()
    )


def _conditions(draft: Draft, is_meant: Callable[[Condition], bool]) -> list[Condition]:
    return [condition for condition in draft.parsed.conditions if is_meant(condition)]
