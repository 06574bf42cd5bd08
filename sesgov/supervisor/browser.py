"""Prints the path of a Chromium for the browser tests; fetches one where the machine has none.

An empty line means that Playwright has fetched its own and will find it by itself.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find() -> str | None:
    """$CHROMIUM, else the machine's."""
    given = os.environ.get("CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            sys.exit(f"test: CHROMIUM={given} is not a program")
        return given
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MACOS) if MACOS.exists() else None)


def _works(*command: str) -> bool:
    sys.stderr.write(f"test: no Chromium here, trying {' '.join(command)}\n")
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def main() -> int:
    """Answer at once, or after a package manager has brought one."""
    found = find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _works("apt-get", "update", "-qq")
        _works("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        found = find()
    if found is None and _works(sys.executable, "-m", "playwright", "install", "chromium"):
        found = ""
    if found is None:
        sys.exit("test: no Chromium: install one (on Debian: apt install chromium), or set CHROMIUM to its path")
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
