"""Mutants: faults planted in the analyser and in the evaluator, each of which the soundness examples must catch.

A mutant is planted when its module is imported, in a process of its own, and nowhere on disk.
"""

import importlib.machinery
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """``before`` stands exactly once in the module's source; ``after`` takes its place.

    ``first`` is the example that is tried first, since it has caught the mutant before.
    """

    name: str
    module: str
    before: str
    after: str
    first: int = 0


_EVALUATION = "inventory.policy.evaluation"

EVALUATOR_MUTANTS = (
    Mutant(
        "a negated operator is false on a missing key",
        f"{_EVALUATION}.conditions",
        'return operator.negated and operator.quantifier != "ForAnyValue"',
        "return False",
        first=14,
    ),
    Mutant(
        "ForAllValues is false on a missing key",
        f"{_EVALUATION}.conditions",
        'if operator.if_exists or operator.quantifier == "ForAllValues":',
        "if operator.if_exists:",
        first=66,
    ),
    Mutant(
        "ForAnyValue of a negated operator is true on a missing key",
        f"{_EVALUATION}.conditions",
        'return operator.negated and operator.quantifier != "ForAnyValue"',
        "return operator.negated",
        first=33,
    ),
    Mutant(
        "a Deny does not stop its level",
        f"{_EVALUATION}.decisions",
        "    if any(step.fires and not step.statement.allows for step in level):\n        return []\n",
        "",
        first=13,
    ),
    Mutant(
        "StringEquals takes wildcards",
        f"{_EVALUATION}.operators",
        "_EXACT = _patterned(comparisons.equal_text, wildcards=False)",
        "_EXACT = _patterned(comparisons.equal_text, wildcards=True)",
        first=22,
    ),
    Mutant(
        "an account means its root user alone",
        f"{_EVALUATION}.principals",
        'return service == "iam" or None',
        "return value == caller.arn",
        first=37,
    ),
    Mutant(
        "IfExists is ignored",
        f"{_EVALUATION}.conditions",
        'if operator.if_exists or operator.quantifier == "ForAllValues":',
        'if operator.quantifier == "ForAllValues":',
        first=48,
    ),
    Mutant(
        "a service is nobody to the wildcard",
        f"{_EVALUATION}.principals",
        "return None if caller.kind is CallerKind.SERVICE else True",
        "return caller.kind is not CallerKind.SERVICE",
        first=22,
    ),
    Mutant(
        "NotAction lists what is allowed",
        f"{_EVALUATION}.decisions",
        'return "NotAction", not listed_there',
        'return "NotAction", listed_there',
        first=4,
    ),
    Mutant(
        "a bulk message carries its from-address",
        f"{_EVALUATION}.presence",
        "return key not in _MESSAGE or action.lower() in _MESSAGE_ACTIONS",
        "return True",
        first=49,
    ),
)

_POLICY = "inventory.policy"

ANALYSER_MUTANTS = (
    Mutant(
        "any range of addresses is fresh",
        f"{_POLICY}.search.key_choices",
        "ranges = fresh(ranges)",
        "ranges = tuple(ranges)",
        first=125,
    ),
    Mutant(
        "a key that is sometimes there is always there",
        f"{_POLICY}.search.wants",
        "if is_present is Presence.ALWAYS:",
        "if is_present is not Presence.NEVER:",
        first=20,
    ),
    Mutant(
        "a negated operator is false on a missing key",
        f"{_POLICY}.reading.conditions",
        "return operator.is_negated and operator.quantifier is not Quantifier.ANY",
        "return False",
        first=13,
    ),
    Mutant(
        "whoever is one of an account is one of all",
        f"{_POLICY}.circles.admission",
        "else caller.account in accounts",
        "else True",
        first=1,
    ),
    Mutant(
        "ForAllValues is false on a missing key",
        f"{_POLICY}.reading.conditions",
        "if operator.if_exists or operator.quantifier is Quantifier.ALL:",
        "if operator.if_exists:",
        first=20,
    ),
    Mutant(
        "a Deny that nobody can judge is judged",
        f"{_POLICY}.circles.denials",
        "and not any(condition.is_open for condition in statement.conditions)",
        "",
        first=1382,
    ),
    Mutant(
        "no Deny ever fires",
        f"{_POLICY}.circles.denials",
        "return names(statement, model.caller) and all(self.solver.holds(c, model) for c in statement.conditions)",
        "return False",
        first=13,
    ),
    Mutant(
        "a direct call carries aws:SourceAccount",
        f"{_POLICY}.keys",
        'Key("aws:SourceAccount", Source.SERVICE, direct=_N, vpc_endpoint=_N)',
        'Key("aws:SourceAccount", Source.SERVICE)',
        first=49,
    ),
    Mutant(
        "a path of a role holds letters alone",
        f"{_POLICY}.search.callers",
        '_PATH = "".join(chr(code) for code in range(33, 127))',
        '_PATH = _NAME + "/"',
        first=3620,
    ),
    Mutant(
        "the owner of a resource that a service acts for is nobody",
        f"{_POLICY}.circles.admission",
        "owners & set(accounts)",
        "set()",
        first=49,
    ),
)

MUTANTS = EVALUATOR_MUTANTS + ANALYSER_MUTANTS


class Planter(importlib.machinery.PathFinder):
    """Gives the mutant's module the changed source."""

    mutant: Mutant

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> Any:
        """The module as it stands on disk, but for the one change."""
        spec = super().find_spec(fullname, path, target)
        if spec is not None and fullname == cls.mutant.module and spec.origin is not None:
            spec.loader = _Changed(fullname, spec.origin)
        return spec


class _Changed(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> Any:
        source = self.get_source(fullname)
        if source is None or source.count(Planter.mutant.before) != 1:
            raise LookupError(f"{Planter.mutant.name}: its place in {fullname} is gone")
        return compile(source.replace(Planter.mutant.before, Planter.mutant.after), self.path, "exec")


def plant(mutant: Mutant) -> None:
    """Plant it in this process; its module must not be imported yet."""
    if mutant.module in sys.modules:
        raise RuntimeError(f"{mutant.module} is imported already")
    Planter.mutant = mutant
    sys.meta_path.insert(0, Planter)


def caught(mutant: Mutant) -> bool:
    """Whether the examples find a counterexample in a process where the mutant is planted."""
    number = MUTANTS.index(mutant)
    done = subprocess.run(
        [sys.executable, "-m", "tests.policy.hunt", str(number)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return done.returncode == 1
