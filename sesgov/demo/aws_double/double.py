"""The double itself: one request in, one answer out."""

import time
from collections.abc import Callable
from typing import Any

from moto.sesv2.responses import SESV2Response

from sesgov.demo.aws_double import account, ec2, organizations, ses, sesv2, sts
from sesgov.demo.aws_double.call import Call, recognise
from sesgov.demo.aws_double.errors import Answer, AwsError, render_error, situation
from sesgov.demo.aws_double.faults import Fault
from sesgov.demo.aws_double.log import Entry
from sesgov.demo.aws_double.moto_side import MotoSide
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.wire import render_result
from sesgov.demo.aws_double.world import UNKNOWN_TOKEN

Handler = Callable[[State, Call], dict[str, Any]]
HANDLERS: dict[str, dict[str, Handler]] = {
    "sesv2": dict(sesv2.HANDLERS),
    "ses": dict(ses.HANDLERS),
    "sts": dict(sts.HANDLERS),
    "organizations": dict(organizations.HANDLERS),
    "account": dict(account.HANDLERS),
    "ec2": dict(ec2.HANDLERS),
}
IAM_PREFIX = {"sesv2": "ses"}
READS = ("Get", "List", "Describe", "Send")
REFUSALS = ("throttle", "expired_token", "disabled_region", "deny", "error")


class Double:
    def __init__(self, on_write: Callable[[State], None] = lambda _: None) -> None:
        """``on_write`` is called after each call that may have changed an identity."""
        self.state = State()
        self._on_write = on_write
        self._moto = MotoSide()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Raises ConnectionResetError when the caller is to see its connection reset."""
        arrived_at = time.time()
        call = recognise(method, target, headers, body)
        call.account = self.state.credentials.of(call.access_key).account
        entry = self.state.log.begin(call, arrived_at)
        try:
            answer = self._answered(call, entry, lambda: self._moto.answer(call, method, target, headers, body))
        except AwsError as error:
            entry.code = error.code
            answer = render_error(error, call.protocol)
        if answer.status == 200 and call.service in ("ses", "sesv2") and not call.action.startswith(READS):
            self._on_write(self.state)
        time.sleep(self.state.faults.latency(call))
        entry.status, entry.seconds = answer.status, time.time() - arrived_at
        return answer

    def _answered(self, call: Call, entry: Entry, ask_moto: Callable[[], Answer]) -> Answer:
        self._refuse(call, entry)
        if call.action == "AssumeRole":
            entry.detail = {name: call.params.get(name) for name in ("ExternalId", "RoleSessionName", "Policy")}
        handler = HANDLERS.get(call.service, {}).get(call.action)
        if handler:
            return render_result(call, handler(self.state, call))
        if call.service == "sesv2" and not hasattr(SESV2Response, _snake(call.action)):
            raise AwsError(404, "UnknownOperationException", f"The double does not know {call.action or 'this path'}.")
        try:
            return ask_moto()
        except NotImplementedError as error:
            raise AwsError(501, "NotImplemented", str(error)) from error

    def _refuse(self, call: Call, entry: Entry) -> None:
        """Raise what the faults, the credentials or the world have against this call."""
        faults = self.state.faults
        if faults.strike(call, "reset"):
            entry.code = "ConnectionReset"
            raise ConnectionResetError
        if faults.refuses_pace(call, entry.at):
            entry.throttled = True
            raise situation("throttled", call.protocol, "Too many requests.")
        for kind in REFUSALS:
            fault = faults.strike(call, kind)
            if fault and not (kind == "expired_token" and self._is_newer(call, fault)):
                entry.throttled = kind == "throttle"
                raise _refusal(fault, call)
        self._check_session(call)
        self.state.world.check_region(call)

    def _is_newer(self, call: Call, fault: Fault) -> bool:
        return self.state.credentials.of(call.access_key).issued_at > fault.since

    def _check_session(self, call: Call) -> None:
        session = self.state.credentials.of(call.access_key)
        if session.expires_at is not None and time.time() >= session.expires_at:
            raise situation("expired_token", call.protocol, "The security token included in the request is expired")
        action = f"{IAM_PREFIX.get(call.service, call.service)}:{call.action}"
        if call.action != "GetCallerIdentity" and not session.permits(action):
            says = f"User: {session.arn} is not authorized to perform: {action} because no session policy allows it"
            raise situation("denied", call.protocol, says)


def _refusal(fault: Fault, call: Call) -> AwsError:
    if fault.kind == "throttle":
        return situation("throttled", call.protocol, "Too many requests.")
    if fault.kind == "deny":
        return situation("denied", call.protocol, f"User is not authorized to perform: {call.action}")
    if fault.kind == "disabled_region":
        return situation("unknown_token", call.protocol, UNKNOWN_TOKEN)
    if fault.kind == "expired_token":
        return situation("expired_token", call.protocol, "The security token included in the request is expired")
    return AwsError(fault.status, fault.code, "The request processing has failed.")


def _snake(action: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action).lstrip("_")
