"""Errors as AWS words them, in the wire form of each protocol."""

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

REQUEST_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class AwsError(Exception):
    """An error that the client is to see. ``status`` is the HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


# What one situation is called in each protocol: (status, code).
NAMES = {
    "throttled": {
        "rest-json": (429, "TooManyRequestsException"),
        "json": (400, "TooManyRequestsException"),
        "query": (400, "Throttling"),
        "ec2": (503, "RequestLimitExceeded"),
    },
    "denied": {
        "rest-json": (403, "AccessDeniedException"),
        "json": (400, "AccessDeniedException"),
        "query": (403, "AccessDenied"),
        "ec2": (403, "UnauthorizedOperation"),
    },
    "unknown_token": {
        "rest-json": (403, "UnrecognizedClientException"),
        "json": (400, "UnrecognizedClientException"),
        "query": (403, "InvalidClientTokenId"),
        "ec2": (401, "AuthFailure"),
    },
    "expired_token": {
        "rest-json": (403, "ExpiredTokenException"),
        "json": (400, "ExpiredTokenException"),
        "query": (403, "ExpiredToken"),
        "ec2": (400, "RequestExpired"),
    },
}


def situation(name: str, protocol: str, message: str) -> AwsError:
    status, code = NAMES[name][protocol]
    return AwsError(status, code, message)


def render_error(error: AwsError, protocol: str) -> Answer:
    if protocol == "rest-json":
        body = json.dumps({"message": error.message})
        return Answer(error.status, "application/json", body.encode(), (("x-amzn-ErrorType", error.code),))
    if protocol == "json":
        body = json.dumps({"__type": error.code, "message": error.message, "Message": error.message})
        return Answer(error.status, "application/x-amz-json-1.1", body.encode())
    said = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if protocol == "ec2":
        body = f"<Response><Errors><Error>{said}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
    else:
        error_element = f"<Error><Type>Sender</Type>{said}</Error>"
        body = f"<ErrorResponse>{error_element}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    return Answer(error.status, "text/xml", body.encode())
