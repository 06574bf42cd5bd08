"""The double over HTTP, on the loopback interface only.

Connections are kept open and answered from a thread each: werkzeug's own server closes after every answer, which
costs more than the answer itself.
"""

import json
import socket
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sesgov.demo.aws_double.control import PREFIX, control
from sesgov.demo.aws_double.double import Double
from sesgov.demo.aws_double.errors import Answer

HOST = "127.0.0.1"
LINGER_ZERO = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, double: Double | None = None) -> None:
        super().__init__((HOST, port), Handler)
        self.double = double or Double()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was reset, by a fault or by the client, is nobody's error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "aws-double"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._send(self._answer(headers, body))
        except ConnectionResetError:
            self._reset()
            raise

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the log of calls is asked for, not printed."""

    def _answer(self, headers: dict[str, str], body: bytes) -> Answer:
        double = self.server.double
        try:
            if self.path.startswith(PREFIX):
                return control(double.state, self.command, self.path, body)
            return double.answer(self.command, self.path, headers, body)
        except (KeyError, ValueError, TypeError) as error:
            text = json.dumps({"message": f"{type(error).__name__}: {error}"})
            return Answer(400, "application/json", text.encode(), (("x-amzn-ErrorType", "ValidationException"),))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
