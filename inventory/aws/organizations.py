"""Organizations: which accounts there are, page by page, with their state and their place in the tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.aws.accounts import home_region_of
from inventory.aws.faults import Fault, FaultError, FaultKind, MalformedAnswerError, faults_of
from inventory.aws.identities import storable
from inventory.aws.sessions import Sessions
from inventory.policy.account_ids import is_account_id

# ListAccounts refuses more.
_PAGE_SIZE = 20
# No tree is deeper than five units below the root.
_DEEPEST = 10
_WHERE = "AWS Organizations"
_NOT_IN_USE = "AWSOrganizationsNotInUseException"


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """The organization that the credentials belong to."""

    organization_id: str
    management_account: str


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """One account as Organizations lists it. ``ou_path`` is ``o-.../r-.../ou-.../``, empty where nobody could say."""

    account_id: str
    name: str
    email: str
    state: str
    ou_path: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """``next_token`` is empty after the last page; ``path_fault`` says why places in the tree are missing."""

    accounts: tuple[ListedAccount, ...]
    next_token: str
    path_fault: Fault | None = None


@dataclass(slots=True)
class OrganizationReader:
    """Reads one organization; remembers the tree, so that each unit is asked for once."""

    client: Any
    organization_id: str = ""
    _parents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sessions: Sessions, *, profile: str, partition: str) -> "OrganizationReader":
        """With the credentials of the process or the profile; raises :class:`FaultError` without any."""
        return cls(sessions.own_client("organizations", home_region_of(partition), profile=profile))

    def describe(self) -> OrganizationFacts:
        """The organization itself; raises :class:`FaultError`."""
        try:
            with faults_of("organizations:DescribeOrganization", _WHERE):
                found = self.client.describe_organization()["Organization"]
                facts = OrganizationFacts(str(found["Id"]), str(found["MasterAccountId"]))
        except FaultError as error:
            raise FaultError(_explained(error.fault)) from error
        self.organization_id = facts.organization_id
        return facts

    def page(self, token: str) -> AccountPage:
        """One page of accounts; raises :class:`FaultError`. A page may be empty and not the last."""
        try:
            with faults_of("organizations:ListAccounts", _WHERE):
                answer = self.client.list_accounts(MaxResults=_PAGE_SIZE, **({"NextToken": token} if token else {}))
                entries, next_token = _read(answer, token)
        except FaultError as error:
            raise FaultError(_explained(error.fault)) from error
        paths, fault = self._paths(entries)
        accounts = tuple(_listed(entry, paths.get(str(entry["Id"]), "")) for entry in entries)
        return AccountPage(accounts, next_token, fault)

    def _paths(self, entries: list[Mapping[str, Any]]) -> tuple[dict[str, str], Fault | None]:
        """Where each account lies: as the listing says, else by asking upwards from it."""
        paths: dict[str, str] = {}
        for entry in entries:
            account_id = str(entry["Id"])
            try:
                paths[account_id] = storable((entry.get("Paths") or [""])[0]) or self._climb(account_id)
            except FaultError as error:
                if error.fault.kind is FaultKind.THROTTLED:
                    raise
                return paths, error.fault
        return paths, None

    def _climb(self, child: str) -> str:
        above: list[str] = []
        while len(above) < _DEEPEST and not child.startswith("r-"):
            child = self._parent(child)
            above.insert(0, child)
        return "/".join((self.organization_id, *above, ""))

    def _parent(self, child: str) -> str:
        if child not in self._parents:
            with faults_of("organizations:ListParents", _WHERE):
                self._parents[child] = str(self.client.list_parents(ChildId=child)["Parents"][0]["Id"])
        return self._parents[child]


def _read(answer: Any, token: str) -> tuple[list[Mapping[str, Any]], str]:
    next_token = str(answer.get("NextToken") or "")
    entries = answer.get("Accounts")
    if entries is None and not next_token:
        raise MalformedAnswerError("it has no Accounts")
    if next_token and next_token == token:
        raise MalformedAnswerError("the page names itself as the next one")
    for entry in entries or ():
        if not is_account_id(str(entry["Id"])):
            raise MalformedAnswerError("an account has no id of 12 digits")
    return list(entries or ()), next_token


def _listed(entry: Mapping[str, Any], path: str) -> ListedAccount:
    """``State`` took the place of ``Status`` in September 2026."""
    return ListedAccount(
        account_id=str(entry["Id"]),
        name=storable(entry.get("Name"))[:200],
        email=storable(entry.get("Email"))[:254],
        state=storable(entry.get("State") or entry.get("Status")),
        ou_path=path[:1000],
    )


def _explained(fault: Fault) -> Fault:
    """Say who may list the accounts, where the credentials may not."""
    if fault.code == _NOT_IN_USE:
        text = (
            "The credentials belong to an account that is in no organization. Use those of the management account or "
            "of a delegated administrator, with --profile where they are not the process's own."
        )
        return Fault(FaultKind.DENIED, fault.code, text)
    if fault.kind is FaultKind.DENIED:
        text = (
            f"{fault.text} Only the management account and delegated administrators may list the accounts; their "
            "policy needs organizations:DescribeOrganization and organizations:ListAccounts."
        )
        return Fault(fault.kind, fault.code, text)
    return fault
