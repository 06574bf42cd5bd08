"""Faults: why AWS did not answer, as a value with the code AWS gave and a sentence for the person who must act."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidConfigError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

_LONGEST_TEXT = 600


class FaultKind(StrEnum):
    """What can be done about it: wait, ask somebody, look elsewhere, or give up."""

    THROTTLED = "throttled"
    DENIED = "denied"
    UNRECOGNIZED = "unrecognized"
    EXPIRED = "expired"
    NOT_FOUND = "not_found"
    UNKNOWN_OPERATION = "unknown_operation"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` is AWS's own error code, or the name of the SDK's error; ``text`` is plain and names the remedy."""

    kind: FaultKind
    code: str
    text: str


class FaultError(Exception):
    """A call that brought no answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.code}: {fault.text}")
        self.fault = fault


class MalformedAnswerError(ValueError):
    """An answer with HTTP status 200 that is not what the API promises; it must never pass for an empty one."""


_THROTTLED = {
    "BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete", "RequestLimitExceeded",
    "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
    "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
}  # fmt: skip
UNRECOGNIZED_CODES = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "RegionDisabledException", "UnrecognizedClientException"}
)
# Services that speak JSON or EC2's protocol deny with HTTP status 400.
DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_OPERATION = {
    "InvalidAction", "MethodNotAllowed", "NotImplemented", "UnknownOperation", "UnknownOperationException",
}  # fmt: skip
_NO_CREDENTIALS = (
    CredentialRetrievalError, InvalidConfigError, NoAuthTokenError, NoCredentialsError, PartialCredentialsError,
    ProfileNotFound, SSOError, TokenRetrievalError,
)  # fmt: skip


@contextmanager
def faults_of(action: str, where: str) -> Iterator[None]:
    """Turn every way in which a call to ``action`` in ``where`` can fail into a :class:`FaultError`."""
    try:
        yield
    except ClientError as error:
        raise FaultError(_answered(error, action, where)) from error
    except _NO_CREDENTIALS as error:
        raise FaultError(_without_credentials(error, where)) from error
    except (BotoCoreError, OSError) as error:
        raise FaultError(_unanswered(error, action, where)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FaultError(_malformed(error, action, where)) from error


def _answered(error: ClientError, action: str, where: str) -> Fault:
    code = str(error.response.get("Error", {}).get("Code") or "Unknown")
    message = str(error.response.get("Error", {}).get("Message") or "")[:_LONGEST_TEXT]
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    kind = _kind(code, status)
    template = _ROLE_REFUSED if kind is FaultKind.DENIED and action == "sts:AssumeRole" else _TEXTS[kind]
    return Fault(kind, code[:200], template.format(action=action, where=where, message=_sentence(message)))


def _kind(code: str, status: int) -> FaultKind:
    for kind, codes in (
        (FaultKind.THROTTLED, _THROTTLED),
        (FaultKind.UNRECOGNIZED, UNRECOGNIZED_CODES),
        (FaultKind.EXPIRED, _EXPIRED),
        (FaultKind.DENIED, DENIED_CODES),
        (FaultKind.UNKNOWN_OPERATION, _UNKNOWN_OPERATION),
    ):
        if code in codes:
            return kind
    if code == "NotFoundException":
        return FaultKind.NOT_FOUND
    return _kind_of_status(status)


def _kind_of_status(status: int) -> FaultKind:
    if status == 429:
        return FaultKind.THROTTLED
    if status in (401, 403):
        return FaultKind.DENIED
    if status in (404, 405, 501):
        return FaultKind.UNKNOWN_OPERATION
    return FaultKind.UNAVAILABLE if status >= 500 or status == 408 else FaultKind.FAILED


_TEXTS = {
    FaultKind.THROTTLED: "AWS refused {action} in {where} because of its rate limit. The next run tries again.",
    FaultKind.DENIED: (
        "AWS denied {action} in {where}. {message}Allow the action in the role's policy, and look for a "
        "service control policy that denies it."
    ),
    FaultKind.UNRECOGNIZED: (
        "AWS does not recognise the credentials in {where}: the region is not enabled in the account, or the "
        "credentials are no longer valid. Enable the region, or renew the credentials."
    ),
    FaultKind.EXPIRED: "The credentials for {where} expired and new ones were refused as well. {message}Renew them.",
    FaultKind.NOT_FOUND: "{action} in {where} found nothing of that name.",
    FaultKind.UNKNOWN_OPERATION: "The endpoint for {where} does not know {action}. {message}Check AWS_ENDPOINT_URL.",
    FaultKind.UNAVAILABLE: "AWS could not answer {action} in {where}. {message}The next run tries again.",
    FaultKind.FAILED: "{action} failed in {where}. {message}",
}

_ROLE_REFUSED = (
    "The role in {where} cannot be assumed. {message}Check that the role exists, that its trust policy names "
    "sesgov's principal and the same ExternalId, and that no service control policy stands between."
)


def _sentence(message: str) -> str:
    text = " ".join(message.split())
    if text.startswith("<"):
        # A page for browsers, from a proxy or a stand-in: nothing in it is meant for the reader.
        return ""
    return f"It says: {text.rstrip('.')}. " if text else ""


def _without_credentials(error: Exception, where: str) -> Fault:
    return Fault(
        FaultKind.DENIED,
        type(error).__name__,
        f"There are no usable credentials for {where}. {_sentence(str(error))}"
        "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the account a profile or a role.",
    )


def _unanswered(error: Exception, action: str, where: str) -> Fault:
    is_connection = isinstance(error, (ConnectionError, EndpointConnectionError, HTTPClientError, OSError))
    kind = FaultKind.UNAVAILABLE if is_connection else FaultKind.FAILED
    text = str(error)[:_LONGEST_TEXT]
    return Fault(kind, type(error).__name__, f"{action} in {where} got no answer. {_sentence(text)}")


def _malformed(error: Exception, action: str, where: str) -> Fault:
    text = str(error)[:_LONGEST_TEXT]
    return Fault(
        FaultKind.MALFORMED,
        "MalformedAnswer",
        f"The answer to {action} in {where} cannot be read. {_sentence(text)}Check for a proxy between sesgov and AWS.",
    )
