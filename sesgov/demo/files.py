"""The files and variables with which our own code meets the demo's AWS, and nothing else of AWS."""

import json
from pathlib import Path

from sesgov.demo.estate import build_world
from sesgov.demo.estate_accounts import GOVERNMENT_KEY, GOVERNMENT_PROFILE, GOVERNMENT_REGION, MANAGEMENT_KEY, REGIONS

SECRET = "the-double-checks-no-signature"  # noqa: S105
ENDPOINT_VARIABLE = "SESGOV_DEMO_ENDPOINT"


def write_world(folder: Path) -> Path:
    """The world file for ``python -m sesgov.demo.aws_double --world FILE``."""
    path = folder / "world.json"
    path.write_text(json.dumps(build_world(), indent=1), encoding="utf-8")
    return path


def aws_environment(folder: Path, endpoint: str) -> dict[str, str]:
    """Variables for every process of the demo; writes the SDK's two files, with the GovCloud profile, into ``folder``.

    The caller removes every other variable that begins with ``AWS_``."""
    config, credentials = folder / "aws-config", folder / "aws-credentials"
    # A region in the environment would win over the profile's own.
    regions = {"default": REGIONS[0], f"profile {GOVERNMENT_PROFILE}": GOVERNMENT_REGION}
    config.write_text("".join(f"[{name}]\nregion = {region}\n" for name, region in regions.items()), encoding="utf-8")
    keys = f"aws_access_key_id = {GOVERNMENT_KEY}\naws_secret_access_key = {SECRET}\n"
    credentials.write_text(f"[{GOVERNMENT_PROFILE}]\n{keys}", encoding="utf-8")
    return {
        "AWS_ENDPOINT_URL": endpoint,
        ENDPOINT_VARIABLE: endpoint,
        "AWS_ACCESS_KEY_ID": MANAGEMENT_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
