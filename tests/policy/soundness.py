"""Soundness: what must hold between the analyser and the concrete evaluator for one example, and what breaks it.

(a) Every request the policies allow is admitted by a delegation that is at least as wide as the population it comes
from: a fresh stranger's by a public one, and so on. (b) Every witness is allowed, could have been sent, and comes from
the population that defines its delegation's reach. (c) No delegation admits a caller of a population wider than that.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from inventory.policy.analysis import analyse
from inventory.policy.channels import Channel
from inventory.policy.delegations import Analysis, Delegation
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.evaluation.operators import operator_named
from inventory.policy.reach import Reach
from inventory.policy.requests import CallerKind, Request
from tests.policy.generators.callers import POPULATIONS
from tests.policy.generators.constants import Constants, constants_of, tests_of
from tests.policy.generators.dice import Dice
from tests.policy.generators.grammar import OPERATORS
from tests.policy.generators.policies import policies, texts
from tests.policy.generators.populations import reach_of, reaches_of_witness
from tests.policy.generators.requests import request_of
from tests.policy.generators.world import AT, IDENTITY, OWNER, REGISTRY

Documents = dict[str, Any]

_NOBODY = (Reach.INERT, Reach.DANGLING)
_OPEN = (Reach.UNDETERMINED, *_NOBODY)


@dataclass(frozen=True)
class Counterexample:
    """One broken promise: its property, what was expected, and the example that broke it."""

    broken: str
    expected: str
    documents: Documents
    request: Request | None = None


@dataclass
class Tally:
    """How many allowed examples there were per reach, and per operator with its key there or not."""

    examples: int = 0
    allowed: Counter[str] = field(default_factory=Counter)
    found: list[Counterexample] = field(default_factory=list)


def analysis_of(documents: Documents) -> Analysis:
    """The analysis of one example."""
    return analyse(owner_account=OWNER, identity_arn=IDENTITY, policies=texts(documents), registry=REGISTRY, at=AT)


def try_one(dice: Dice, tally: Tally, *, each: int = 2, focus: str | None = None) -> None:
    """One example: policies, their analysis, and requests of every population."""
    documents = policies(dice, focus)
    constants = constants_of(documents)
    requests = [request_of(dice, name, documents, constants) for name in POPULATIONS for _ in range(each)]
    tally.examples += 1
    tally.found += judge(documents, requests, tally.allowed)


def focus_of(seed: int) -> str | None:
    """The operator that an example of this number is about: none for the even ones, each in turn for the odd."""
    return OPERATOR_FORMS[seed // 2 % len(OPERATOR_FORMS)] if seed % 2 else None


def judge(documents: Documents, requests: list[Request], allowed: Counter[str] | None = None) -> list[Counterexample]:
    """Everything that one example breaks."""
    constants = constants_of(documents)
    analysis = analysis_of(documents)
    if analysis.problems:
        return [Counterexample("readable", f"no problem: {analysis.problems}", documents)]
    counted = Counter[str]() if allowed is None else allowed
    policies_there = {IDENTITY: texts(documents)}
    found = [
        broken
        for request in requests
        if evaluate(policies_there, request).allowed
        for broken in _unadmitted(documents, analysis, request, constants, counted)
    ]
    for delegation in analysis.delegations:
        found += _bad_witness(documents, delegation, constants, counted)
        found += [each for request in requests for each in _too_wide(documents, delegation, request, constants)]
    return found


def _unadmitted(
    documents: Documents, analysis: Analysis, request: Request, constants: Constants, counted: Counter[str]
) -> list[Counterexample]:
    needed = reach_of(request, constants)
    counted[f"reach {needed}"] += 1
    _count_operators(documents, request, counted)
    admitting = [each for each in analysis.delegations if each.admits(request)]
    if any(each.reach not in _NOBODY and each.reach.rank <= needed.rank for each in admitting):
        return []
    said = ", ".join(sorted({each.reach for each in admitting})) or "nobody"
    return [Counterexample("admitted", f"a delegation of reach {needed} or wider; got {said}", documents, request)]


def _count_operators(documents: Documents, request: Request, counted: Counter[str]) -> None:
    present = {key.lower() for key, value in request.context.items() if value}
    for document in documents.values():
        for statement in document["Statement"]:
            for test in tests_of(statement):
                where = "present" if test.key in present else "absent"
                counted[f"operator {test.operator} {where}"] += 1


def _too_wide(
    documents: Documents, delegation: Delegation, request: Request, constants: Constants
) -> list[Counterexample]:
    """Networks are left out: a Deny may be what limits them, and what a delegation admits is told from its Allow."""
    if delegation.reach in (Reach.UNDETERMINED, Reach.NETWORK) or not delegation.admits(request):
        return []
    needed = reach_of(request, constants)
    if needed.rank >= delegation.reach.rank:
        return []
    return [Counterexample("narrow", f"reach {delegation.reach} admits nobody of {needed}", documents, request)]


def _bad_witness(
    documents: Documents, delegation: Delegation, constants: Constants, counted: Counter[str]
) -> list[Counterexample]:
    witness = delegation.witness
    if witness is None:
        if delegation.reach in _OPEN or (delegation.reach is Reach.SELF and "${" in json.dumps(documents)):
            return []
        return [Counterexample("witnessed", f"a witness for reach {delegation.reach}", documents)]
    if delegation.reach in _NOBODY:
        return [Counterexample("witnessed", f"no witness for reach {delegation.reach}", documents, witness)]
    counted[f"witness {delegation.reach}"] += 1
    wrong = _wrong_with(delegation, witness, constants, documents)
    return [Counterexample("witness", text, documents, witness) for text in wrong]


def _wrong_with(delegation: Delegation, witness: Request, constants: Constants, documents: Documents) -> list[str]:
    decision = evaluate({IDENTITY: texts(documents)}, witness)
    wrong = [] if decision.allowed else [f"reach {delegation.reach}: the witness is allowed"]
    if decision.ignored_keys:
        wrong.append(f"a request that can carry {decision.ignored_keys}")
    shown = reaches_of_witness(witness, constants)
    if delegation.reach is not Reach.UNDETERMINED and delegation.reach not in shown:
        wrong.append(f"reach {delegation.reach}: a witness of that population, not of {sorted(shown)}")
    if witness.channel is not delegation.channel or not delegation.admits(witness):
        wrong.append("the delegation admits its own witness")
    wrong += [f"the key {key} as the caller has it" for key in _contradictions(witness)]
    return wrong


def _contradictions(request: Request) -> list[str]:
    """Keys that say something else than the caller, or that every such call carries and this one lacks."""
    context = {key.lower(): value for key, value in request.context.items()}
    caller = request.caller
    told = {
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.arn,
        "aws:userid": caller.userid,
        "aws:principalorgid": caller.organization,
        "aws:resourceaccount": OWNER,
        "aws:resourceorgid": REGISTRY.owner_organization,
    }
    always = ["aws:currenttime", "aws:securetransport"]
    if request.channel is Channel.VPC_ENDPOINT:
        always += ["aws:sourcevpc", "aws:sourcevpce"]
    if request.channel is Channel.DIRECT:
        always.append("aws:sourceip")
    if (caller.kind is CallerKind.SERVICE) != (request.channel is Channel.SERVICE):
        return ["channel"]
    return [
        *(key for key, value in told.items() if key in context and context[key] != value),
        *(key for key in always if not context.get(key)),
    ]


OPERATOR_FORMS = tuple(
    form
    for base in OPERATORS
    for quantifier in ("", "ForAllValues:", "ForAnyValue:")
    for suffix in ("", "IfExists")
    if operator_named(form := f"{quantifier}{base}{suffix}") is not None
)
