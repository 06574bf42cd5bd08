"""Sessions: SDK clients for an account, with credentials that were shown to belong to it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import create_loader

from inventory.aws.accounts import AccountAccess, Caller, home_region_of
from inventory.aws.faults import Fault, FaultError, FaultKind, faults_of
from inventory.aws.reading_policy import READING_POLICY
from inventory.aws.wire import watch_answers

# Retries are ours alone, so that every request is paced and counted.
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=16,
)
_LOADER = create_loader()
_SESSION_SECONDS = 3600
_RENEW_BEFORE = timedelta(minutes=5)


@dataclass(slots=True)
class _Entry:
    """The session of one account with its clients by (service, region)."""

    session: boto3.Session
    renew_at: datetime | None
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)


class Sessions:
    """Clients by account, service and region, for use from many threads.

    ``role_name`` and ``external_id`` are the installation's own, for accounts without a role, profile or credentials
    of their own. Credentials of an assumed role are kept, and renewed five minutes before they end.
    """

    def __init__(self, *, clock: Callable[[], datetime], role_name: str = "", external_id: str = "") -> None:
        self._clock = clock
        self.role_name, self.external_id = role_name, external_id
        self._entries: dict[AccountAccess, _Entry] = {}
        self._bases: dict[str, boto3.Session] = {}
        self._callers: dict[str, Caller] = {}
        self._opening: dict[AccountAccess, threading.Lock] = {}
        self._lock = threading.Lock()

    def client(self, access: AccountAccess, service: str, region: str) -> Any:
        """A client of the account; raises :class:`FaultError` when there is no way in."""
        entry = self._entry(access)
        with self._lock:
            known = entry.clients.get((service, region))
            if known is None:
                known = entry.clients[service, region] = _client(entry.session, service, region)
        return known

    def caller(self, profile: str = "") -> Caller:
        """Whose credentials the process or the profile holds; raises :class:`FaultError` without any."""
        where = _held(profile)
        base = self._base(profile, where)
        return self._caller(base, profile, base.region_name or home_region_of("aws"), where)

    def own_client(self, service: str, region: str, *, profile: str = "") -> Any:
        """A client with those credentials themselves, for what is asked of no single account."""
        base = self._base(profile, _held(profile))
        with self._lock:
            return _client(base, service, region)

    def role_of(self, access: AccountAccess) -> str:
        """The role by which the account is entered; empty where the credentials are its own or a profile's."""
        if access.role_arn or not self.role_name or access.profile:
            return access.role_arn
        if self._caller_for(access).account_id == access.account_id:
            return ""
        return f"arn:{access.partition}:iam::{access.account_id}:role/{self.role_name}"

    def external_id_of(self, access: AccountAccess) -> str:
        """The ExternalId that goes with the role: the account's own, else the installation's."""
        return access.external_id or self.external_id

    def may_assume(self, access: AccountAccess, role_arn: str, *, external_id: str) -> bool:
        """Whether the role lets sesgov in with this ExternalId, or without one; the session is thrown away."""
        try:
            self._ask_for_role(access, role_arn, external_id)
        except FaultError as error:
            if error.fault.kind is FaultKind.DENIED:
                return False
            raise
        return True

    def forget(self, access: AccountAccess) -> None:
        """Drop the credentials of an account, so that the next client gets fresh ones."""
        with self._lock:
            self._entries.pop(access, None)
            self._bases.pop(access.profile, None)
            self._callers.pop(access.profile, None)

    def _entry(self, access: AccountAccess) -> _Entry:
        with self._lock:
            opening = self._opening.setdefault(access, threading.Lock())
        with opening:
            entry = self._entries.get(access)
            if entry is None or (entry.renew_at is not None and entry.renew_at <= self._clock()):
                entry = self._entries[access] = self._open(access)
            return entry

    def _open(self, access: AccountAccess) -> _Entry:
        role_arn = self.role_of(access)
        if role_arn:
            return self._assumed(access, role_arn)
        caller = self._caller_for(access)
        if caller.account_id != access.account_id:
            raise FaultError(_foreign(access, caller.account_id))
        return _Entry(self._base(access.profile, f"account {access.account_id}"), None)

    def _base(self, profile: str, where: str) -> boto3.Session:
        """The session of the process or the profile, shared by all accounts that start from it."""
        with faults_of("credentials", where), self._lock:
            base = self._bases.get(profile)
            if base is None:
                base = boto3.Session(botocore_session=_core(), profile_name=profile or None)
                base.get_credentials()
                self._bases[profile] = base
        return base

    def _caller_for(self, access: AccountAccess) -> Caller:
        where = f"account {access.account_id}"
        base = self._base(access.profile, where)
        return self._caller(base, access.profile, home_region(base, access), where)

    def _caller(self, base: boto3.Session, profile: str, region: str, where: str) -> Caller:
        known = self._callers.get(profile)
        if known is None:
            sts = self._sts(base, region)
            with faults_of("sts:GetCallerIdentity", where):
                answer = sts.get_caller_identity()
                known = self._callers[profile] = Caller(str(answer["Account"]), str(answer["Arn"]))
        return known

    def _ask_for_role(self, access: AccountAccess, role_arn: str, external_id: str) -> Any:
        where = f"account {access.account_id}"
        base = self._base(access.profile, where)
        sts = self._sts(base, home_region(base, access))
        with faults_of("sts:AssumeRole", where):
            return sts.assume_role(
                RoleArn=role_arn,
                RoleSessionName="sesgov",
                DurationSeconds=_SESSION_SECONDS,
                Policy=READING_POLICY,
                **({"ExternalId": external_id} if external_id else {}),
            )["Credentials"]

    def _assumed(self, access: AccountAccess, role_arn: str) -> _Entry:
        given = self._ask_for_role(access, role_arn, self.external_id_of(access))
        with faults_of("sts:AssumeRole", f"account {access.account_id}"):
            with self._lock:
                session = boto3.Session(
                    botocore_session=_core(),
                    aws_access_key_id=given["AccessKeyId"],
                    aws_secret_access_key=given["SecretAccessKey"],
                    aws_session_token=given["SessionToken"],
                )
            return _Entry(session, given["Expiration"] - _RENEW_BEFORE)

    def _sts(self, base: boto3.Session, region: str) -> Any:
        """STS at a regional endpoint: tokens of the global one are refused in regions that were opted into."""
        with self._lock:
            return _client(base, "sts", region)


def home_region(session: boto3.Session, access: AccountAccess) -> str:
    """The region that the SDK is set to when it lies in the account's partition, else the partition's first."""
    region = session.region_name
    if region and session.get_partition_for_region(region) == access.partition:
        return region
    return access.home_region


def _core() -> botocore.session.Session:
    """A botocore session that shares the API models with all others: reading them takes longer than many calls."""
    core = botocore.session.get_session()
    _LOADER.search_paths[:] = dict.fromkeys(_LOADER.search_paths)
    core.register_component("data_loader", _LOADER)
    return core


def _client(session: boto3.Session, service: str, region: str) -> Any:
    client = session.client(service, region_name=region, config=_CONFIG)  # type: ignore[call-overload]  # by name
    watch_answers(client)
    return client


def _held(profile: str) -> str:
    return f"profile {profile}" if profile else "the credentials of this process"


def _foreign(access: AccountAccess, caller: str) -> Fault:
    return Fault(
        FaultKind.DENIED,
        "CredentialsOfAnotherAccount",
        f"Account {access.account_id} has no role to assume, and {_held(access.profile)} belong to account {caller}. "
        "Give the account a role or a profile, or set SESGOV_ROLE_NAME.",
    )
