"""What is left to moto: its own server application, told which account is calling."""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import Answer

ACCOUNT_HEADER = "x-moto-account-id"
OWN_HEADERS = ("content-length", "content-type", "connection", "server", "date")


class MotoSide:
    def __init__(self) -> None:
        self._application: Any = DomainDispatcherApplication(create_backend_app)

    def answer(self, call: Call, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        sent = [(name, value) for name, value in headers.items() if name != "transfer-encoding"]
        builder = EnvironBuilder(target, method=method, headers=[*sent, (ACCOUNT_HEADER, call.account)], data=body)
        content, status, answered = run_wsgi_app(self._application, builder.get_environ())
        kept = tuple((name, value) for name, value in answered if name.lower() not in OWN_HEADERS)
        kind = answered.get("Content-Type", "application/octet-stream")
        return Answer(int(status.split()[0]), kind, b"".join(content), kept)
