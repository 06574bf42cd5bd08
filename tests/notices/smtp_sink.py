"""A mail server for tests: keeps what it takes, refuses what it is told to, or hangs up in the middle."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

REFUSE, HANG_UP = "refuse", "hang up"


@dataclass
class Sink:
    """``mode`` is what it does with the next mail; ``mails`` are those that it took, as bytes."""

    port: int = 0
    mode: str = ""
    mails: list[bytes] = field(default_factory=list)


class _Server(socketserver.ThreadingTCPServer):
    sink = Sink()
    daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.say("220 sink")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.say("354 go on")
                if not self.take():
                    return
            elif verb == b"RCPT" and self.server.sink.mode == REFUSE:
                self.say("550 no such mailbox")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 sink")

    def take(self) -> bool:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        self.server.sink.mails.append(b"".join(lines))
        if self.server.sink.mode == HANG_UP:
            return False
        self.say("250 taken")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A server on a free port of this machine."""
    sink = Sink()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.sink = sink
        sink.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield sink
        server.shutdown()
