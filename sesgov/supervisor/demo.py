"""The demo's environment: its own double of AWS, and no credential of this machine within reach."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sesgov.demo.files import aws_environment, write_world
from sesgov.supervisor.children import last_line
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir

PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
# Nobody outside is told of what happens in the demo.
OUTWARD = frozenset({"SESGOV_MAIL_URL", "SESGOV_WEBHOOK_URL", "SESGOV_WEBHOOK_SECRET", "SESGOV_SLACK_URL"})
# The double answers as fast as it can; the pace that AWS wants would only make visitors wait.
SES_RATE = "20"


def folder(state: StateDir) -> Path:
    """Where the demo keeps the files of its AWS."""
    path = state.file("demo")
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def environ(variables: Mapping[str, str], state: StateDir, port: int) -> dict[str, str]:
    """The variables of every process of the demo: AWS is the double at `port`, by no other way and for nobody else."""
    left_out = OUTWARD if any(_leads_outside(variables.get(name, "")) for name in OUTWARD) else frozenset()
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("AWS_") and name not in left_out and name.lower() not in PROXIES
    }
    aws = aws_environment(folder(state), f"http://127.0.0.1:{port}")
    return (
        {"SESGOV_SES_RATE": SES_RATE}
        | kept
        | aws
        | {
            "SESGOV_DEMO": "true",
            "SESGOV_DEMO_PASSWORD": state.secret("demo-password", size=9),
        }
    )


def _leads_outside(value: str) -> bool:
    return urlsplit(value).hostname not in {None, "127.0.0.1", "localhost", "::1"}


def double_command(state: StateDir) -> list[str]:
    """How Python starts the double, at the endpoint that `environ` has chosen."""
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    kept = folder(state) / "aws-state.json"
    world = write_world(folder(state))
    return ["-m", "sesgov.demo.aws_double", "--port", str(port), "--world", str(world), "--state", str(kept)]


def wait_for_double(state: StateDir, patience: float = 60.0) -> None:
    """Return when the double listens; raises StartError."""
    log = state.log("aws")
    deadline = time.monotonic() + patience
    while "listening" not in log.read_text(errors="replace"):
        if time.monotonic() > deadline:
            raise StartError(f"the demo's AWS did not start, see {log}: {last_line(log)}")
        time.sleep(0.05)
