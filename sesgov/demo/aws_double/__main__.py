"""Run the double until SIGINT or SIGTERM."""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sesgov.demo.aws_double.double import Double
from sesgov.demo.aws_double.memory import Memory
from sesgov.demo.aws_double.server import Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sesgov.demo.aws_double", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--world", type=Path, help="a world to load (JSON)")
    parser.add_argument("--state", type=Path, help="a file that keeps what is changed in the world")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started this")
    arguments = parser.parse_args()
    world = json.loads(arguments.world.read_text(encoding="utf-8")) if arguments.world else {}
    memory = Memory(arguments.state, world)
    server = Server(arguments.port, Double(memory.keep))
    server.double.state.load(memory.recall())
    signal.signal(signal.SIGTERM, _stop)
    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    sys.stdout.write(f"listening {server.url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def _end_with_stdin() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


sys.exit(main())
