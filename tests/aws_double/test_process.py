"""The double as a process: it says where it listens, on the loopback interface only, and never outlives its starter."""

import subprocess
import sys

from sesgov.demo.aws_double.client import DoubleClient

COMMAND = [sys.executable, "-m", "sesgov.demo.aws_double", "--port", "0", "--until-stdin-closes"]


def test_it_ends_when_the_process_that_started_it_is_gone():
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("listening http://127.0.0.1:")
        assert DoubleClient(line.split()[1]).calls() == []
        process.stdin.close()
        assert process.wait(timeout=10) == 0
