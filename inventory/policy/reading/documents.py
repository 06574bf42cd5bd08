"""Documents: the text of a policy as statements whose every element knows where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from inventory.policy.actions import ACTIONS, CANONICAL
from inventory.policy.reading.conditions import Condition, condition_of
from inventory.policy.reading.jsontext import Node, Number, PolicyError, Span, parse
from inventory.policy.reading.principals import Principal, PrincipalKind, principal_of
from inventory.policy.reading.values import expand
from inventory.policy.search.languages import Language, arn_pattern, wildcard

__all__ = ["Document", "PolicyError", "Statement", "document_of", "read_document"]

Path = tuple[str | int, ...]

VERSIONS = ("2012-10-17", "2008-10-17")
MOST_CHARACTERS = 4096
_ELEMENTS = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(frozen=True)
class Statement:
    """One statement, every scalar made a list. Of ``actions`` and ``resources`` one or the other form is meant."""

    policy: str
    index: int
    sid: str | None
    allows: bool
    principals: tuple[Principal, ...]
    excludes_principals: bool
    actions: tuple[str, ...]
    excludes_actions: bool
    resources: tuple[str, ...]
    excludes_resources: bool
    conditions: tuple[Condition, ...]
    is_2012: bool

    @property
    def path(self) -> Path:
        """Where the statement stands in its document."""
        return ("Statement", self.index)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why nobody can judge the statement as a whole; empty where it can be judged."""
        return tuple(condition.doubt for condition in self.conditions if condition.doubt)

    def covers(self, identity_arn: str, context: Mapping[str, str], *, surely: bool) -> bool:
        """Whether the resource element means the identity.

        ``surely``: beyond doubt. Otherwise also where only case, a wildcard across colons or a variable decide.
        """
        if self.excludes_resources:
            return not self._names(identity_arn, context, surely=not surely)
        return self._names(identity_arn, context, surely=surely)

    def _names(self, identity_arn: str, context: Mapping[str, str], *, surely: bool) -> bool:
        return any(_means(each, identity_arn, context, self.is_2012, surely=surely) for each in self.resources)

    @property
    def known_actions(self) -> tuple[str, ...]:
        """The actions that the action element means, without ``ses:``; unknown ones that it names are among them."""
        return _covered(self.actions, self.excludes_actions)

    def covers_action(self, action: str) -> bool:
        """Whether the action element means an action, ``ses:SendEmail``."""
        return _action_language(self.actions).matches(action) is not self.excludes_actions


def _means(resource: str, identity_arn: str, context: Mapping[str, str], is_2012: bool, *, surely: bool) -> bool:
    if resource in ("*", identity_arn):
        return True
    if not set(resource) & set("*?$"):
        return not surely and resource.lower() == identity_arn.lower()
    pattern = expand(resource, context, has_wildcards=True, has_variables=is_2012)
    if pattern is None:
        return not surely
    fields = arn_pattern(pattern)
    if fields is not None and Language([fields]).matches(identity_arn):
        return True
    return not surely and Language([pattern], is_folded=True).matches(identity_arn)


@lru_cache(maxsize=512)
def _action_language(actions: tuple[str, ...]) -> Language:
    return Language([wildcard(action) for action in actions], is_folded=True)


@lru_cache(maxsize=512)
def _covered(actions: tuple[str, ...], is_excluded: bool) -> tuple[str, ...]:
    language = _action_language(actions)
    found = [action for action in ACTIONS if language.matches(f"ses:{action}") is not is_excluded]
    return (*found, *(() if is_excluded else unknown_actions(actions)))


def unknown_actions(actions: Sequence[str]) -> tuple[str, ...]:
    """The ``ses:`` actions that are named in full and stand in no table."""
    named = [
        action[4:] for action in actions if action[:4].lower() == "ses:" and "*" not in action and "?" not in action
    ]
    return tuple(dict.fromkeys(action for action in named if action and action.lower() not in CANONICAL))


@dataclass(frozen=True)
class Document:
    """One policy document: its statements and where everything stands."""

    policy: str
    text: str
    statements: tuple[Statement, ...]
    version: str | None
    root: Node = field(repr=False, compare=False)

    def span(self, path: Path) -> Span | None:
        """The stretch of text of an element, the name included where it has one; ``None`` where there is none.

        The path of a note or limit goes in; a path whose end is missing gives the nearest element above it.
        """
        if path[-1:] == ("Principal",) and self.root.at(path) is None:
            path = (*path[:-1], "NotPrincipal")
        for length in range(len(path), 0, -1):
            node = self.root.at(path[:length])
            if node is not None:
                return self._with_name(path[:length], node)
        return self.root.span

    def _with_name(self, path: Path, node: Node) -> Span:
        parent = self.root.at(path[:-1])
        name = path[-1]
        return parent.named_span(name) if parent is not None and isinstance(name, str) else node.span


def document_of(policy: str, text: str) -> Document:
    """Read one policy. Raises :class:`PolicyError` with line, column and element."""
    return read_document(policy, text, parse(text))


def read_document(policy: str, text: str, root: Node) -> Document:
    """Read one policy from a value already parsed. Raises :class:`PolicyError`."""
    members = _object(root, "a policy", ())
    _refuse_unknown(root, members, _ELEMENTS, ())
    version = _version(members.get("Version"))
    _text_or_nothing(members.get("Id"), ("Id",))
    if "Statement" not in members:
        raise _error(root, "a policy has a Statement", ("Statement",))
    listed = members["Statement"]
    entries = listed.value if isinstance(listed.value, list) else [listed]
    if not entries:
        raise _error(listed, "Statement is an empty list", ("Statement",))
    is_2012 = version == VERSIONS[0]
    statements = tuple(_statement(policy, index, entry, is_2012) for index, entry in enumerate(entries))
    return Document(policy, text, statements, version, root)


def _version(node: Node | None) -> str | None:
    if node is None:
        return None
    if not isinstance(node.value, str) or node.value not in VERSIONS:
        raise _error(node, f"Version is {' or '.join(VERSIONS)}", ("Version",))
    return str(node.value)


def _statement(policy: str, index: int, node: Node, is_2012: bool) -> Statement:
    path: Path = ("Statement", index)
    members = _object(node, "a statement", path)
    _refuse_unknown(node, members, _STATEMENT_ELEMENTS, path)
    principals, excludes_principals = _principals(node, members, path)
    actions, excludes_actions = _either(node, members, "Action", path)
    resources, excludes_resources = _either(node, members, "Resource", path)
    return Statement(
        policy=policy,
        index=index,
        sid=_text_or_nothing(members.get("Sid"), (*path, "Sid")),
        allows=_effect(node, members.get("Effect"), (*path, "Effect")),
        principals=principals,
        excludes_principals=excludes_principals,
        actions=actions,
        excludes_actions=excludes_actions,
        resources=resources,
        excludes_resources=excludes_resources,
        conditions=tuple(_conditions(members.get("Condition"), (*path, "Condition"), is_2012)),
        is_2012=is_2012,
    )


def _effect(statement: Node, node: Node | None, path: Path) -> bool:
    if node is None:
        raise _error(statement, "a statement has an Effect", path)
    if node.value not in ("Allow", "Deny"):
        raise _error(node, "Effect is Allow or Deny, in this case", path)
    return node.value == "Allow"


def _either(statement: Node, members: Mapping[str, Node], name: str, path: Path) -> tuple[tuple[str, ...], bool]:
    chosen = _one_of(statement, members, name, path)
    return tuple(_texts(members[chosen], (*path, chosen))), chosen != name


def _one_of(statement: Node, members: Mapping[str, Node], name: str, path: Path) -> str:
    other = f"Not{name}"
    if (name in members) is (other in members):
        both = name in members
        at = members[other] if both else statement
        raise _error(at, f"{name} and {other} exclude each other" if both else f"{name} is missing", (*path, name))
    return name if name in members else other


def _principals(statement: Node, members: Mapping[str, Node], path: Path) -> tuple[tuple[Principal, ...], bool]:
    name = _one_of(statement, members, "Principal", path)
    node, where = members[name], (*path, name)
    if node.value == "*":
        return (Principal(PrincipalKind.ANYONE, "*", where, is_bare=True),), name != "Principal"
    if not isinstance(node.value, dict):
        raise _error(node, 'a principal is "*" or an object such as {"AWS": "111122223333"}', where)
    _refuse_unknown(node, node.value, _PRINCIPALS, where)
    found = [
        principal_of(kind, text, (*where, kind, position))
        for kind, values in node.value.items()
        for position, text in enumerate(_texts(values, (*where, kind)))
    ]
    if not found:
        raise _error(node, f"{name} names nobody", where)
    return tuple(found), name != "Principal"


def _conditions(node: Node | None, path: Path, is_2012: bool) -> Iterator[Condition]:
    if node is None:
        return
    for operator, tests in _object(node, "a condition", path).items():
        where = (*path, operator)
        for key, values in _object(tests, "an operator's entry", where).items():
            yield condition_of(operator, key, _values(values, (*where, key)), (*where, key), is_2012=is_2012)


def _values(node: Node, path: Path) -> list[str]:
    values = []
    for item in node.value if isinstance(node.value, list) else [node]:
        if not isinstance(item.value, str | bool):
            raise _error(item, "a condition value is text, a number, true or false, or a list of these", path)
        values.append(str(item.value).lower() if isinstance(item.value, bool) else str(item.value))
    return values


def _texts(node: Node, path: Path) -> list[str]:
    items = node.value if isinstance(node.value, list) else [node]
    if not items:
        raise _error(node, "the list is empty", path)
    for item in items:
        if not isinstance(item.value, str) or isinstance(item.value, Number):
            raise _error(item, "text or a list of texts is needed", path)
    return [str(item.value) for item in items]


def _text_or_nothing(node: Node | None, path: Path) -> str | None:
    if node is None:
        return None
    if not isinstance(node.value, str) or isinstance(node.value, Number):
        raise _error(node, f"{path[-1]} is text", path)
    return str(node.value)


def _object(node: Node, what: str, path: Path) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise _error(node, f"{what} is a JSON object", path)
    return node.value


def _refuse_unknown(node: Node, members: Mapping[str, Node], known: Sequence[str], path: Path) -> None:
    for name in members:
        if name not in known:
            plain = "".join(char for char in name if char.isascii()).lower().rstrip("s")
            meant = next((each for each in known if each.lower().rstrip("s") == plain), None)
            hint = f"; write {meant}, in this case" if meant else f"; it knows {', '.join(known)}"
            if not name.isascii() and meant:
                hint = f"; write {meant}: a character in it cannot be seen or looks like another"
            span = node.named_span(name)
            raise PolicyError(
                f"AWS knows no element {name!r} here{hint}",
                line=span.line,
                column=span.column,
                element=dotted((*path, name)),
            )


def _error(node: Node, message: str, path: Path) -> PolicyError:
    return PolicyError(message, line=node.span.line, column=node.span.column, element=dotted(path))


def dotted(path: Path) -> str:
    """A path as people read it: ``Statement[0].Condition.Bool.ses:RequireTLS``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
