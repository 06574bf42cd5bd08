"""What the environment says, read and checked in one place.

`read` answers a frozen `Environment` or raises `SettingError`, whose text is one line that names the variable, what is
wrong with it and what it should look like. The table of variables in the README has one row per field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from sesgov import setting_values
from sesgov.setting_values import SettingError

ROOT = Path(__file__).resolve().parent.parent
Value = TypeVar("Value")
Default = TypeVar("Default")


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings in force. `None` means: not given."""

    database_url: str | None
    redis_url: str | None
    aws_endpoint_url: str | None
    state_dir: Path
    embedded: str
    production: bool
    debug: bool
    demo: bool
    secret_key: str | None
    base_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: int
    time_zone: ZoneInfo
    collect_at: time | None
    ses_rate: float
    regions: tuple[str, ...]
    lease_seconds: float
    role_name: str | None
    external_id: str | None
    owner_tag_keys: tuple[str, ...]
    escalation_team: str
    require_ticket: bool
    local_sign_in: bool
    session_hours: int
    decision_sign_in_hours: int
    require_mfa: tuple[str, ...]
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_scopes: tuple[str, ...]
    oidc_groups_claim: str
    oidc_roles: tuple[tuple[str, str], ...]
    mail_url: str | None
    mail_from: str
    digest_at: time
    webhook_url: str | None
    webhook_secret: str | None
    slack_url: str | None
    private_hooks: bool
    signing_key_file: Path
    log_format: str
    log_level: str

    def secrets(self, variables: Mapping[str, str]) -> list[str]:
        """What no log line may hold: our own secrets, and those that the SDK takes from the environment."""
        urls = [url for url in (self.database_url, self.redis_url, self.mail_url) if url]
        passwords = [password for url in urls if (password := urlsplit(url).password)]
        of_the_sdk = [variables.get(name) for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
        # Whoever knows the address of a hook may post to it.
        hooks = [self.webhook_url, self.webhook_secret, self.slack_url]
        own = [self.secret_key, self.external_id, self.oidc_client_secret, *hooks]
        found = [*own, *passwords, *map(unquote, passwords), *of_the_sdk]
        return [secret for secret in found if secret]


def read(variables: Mapping[str, str]) -> Environment:
    """The settings that `variables` (usually os.environ) give; raises SettingError at the first bad one."""
    reader = _Reader(variables)
    production = reader.get("SESGOV_PRODUCTION", setting_values.boolean, default=False)
    base_url = reader.get("SESGOV_BASE_URL", setting_values.base_url, default="http://127.0.0.1:8000")
    state_dir = reader.get("SESGOV_STATE_DIR", setting_values.state_dir, default=ROOT / ".state")
    environment = Environment(
        database_url=reader.get("DATABASE_URL", setting_values.database_url, default=None),
        redis_url=reader.get("REDIS_URL", setting_values.redis_url, default=None),
        aws_endpoint_url=reader.get("AWS_ENDPOINT_URL", setting_values.http_url, default=None),
        state_dir=state_dir,
        embedded=reader.get("SESGOV_EMBEDDED", setting_values.embedded, default="auto"),
        production=production,
        debug=reader.get("SESGOV_DEBUG", setting_values.boolean, default=False),
        demo=reader.get("SESGOV_DEMO", setting_values.boolean, default=False),
        secret_key=reader.get("SESGOV_SECRET_KEY", setting_values.secret_key, default=None),
        base_url=base_url,
        allowed_hosts=reader.get("SESGOV_ALLOWED_HOSTS", setting_values.words, default=()),
        trusted_proxies=reader.get("SESGOV_TRUSTED_PROXIES", setting_values.proxies, default=int(production)),
        time_zone=reader.get("SESGOV_TIME_ZONE", setting_values.zone, default=ZoneInfo("UTC")),
        collect_at=reader.get("SESGOV_COLLECT_AT", setting_values.time_of_day, default=time(2, 0)),
        ses_rate=reader.get("SESGOV_SES_RATE", setting_values.rate, default=1.0),
        regions=reader.get("SESGOV_REGIONS", setting_values.regions, default=()),
        lease_seconds=reader.get("SESGOV_LEASE_SECONDS", setting_values.seconds, default=120.0),
        role_name=reader.get("SESGOV_ROLE_NAME", setting_values.role_name, default=None),
        external_id=reader.get("SESGOV_EXTERNAL_ID", setting_values.external_id, default=None),
        owner_tag_keys=reader.get("SESGOV_OWNER_TAG_KEYS", setting_values.words, default=("owner", "team", "contact")),
        escalation_team=reader.get("SESGOV_ESCALATION_TEAM", setting_values.line, default=""),
        require_ticket=reader.get("SESGOV_REQUIRE_TICKET", setting_values.boolean, default=False),
        local_sign_in=reader.get("SESGOV_LOCAL_SIGN_IN", setting_values.boolean, default=True),
        session_hours=reader.get("SESGOV_SESSION_HOURS", setting_values.session_hours, default=12),
        decision_sign_in_hours=reader.get("SESGOV_DECISION_SIGN_IN_HOURS", setting_values.session_hours, default=8),
        require_mfa=reader.get("SESGOV_REQUIRE_MFA", setting_values.roles, default=()),
        oidc_issuer=reader.get("SESGOV_OIDC_ISSUER", setting_values.issuer, default=None),
        oidc_client_id=reader.get("SESGOV_OIDC_CLIENT_ID", setting_values.line, default=None),
        oidc_client_secret=reader.get("SESGOV_OIDC_CLIENT_SECRET", setting_values.secret, default=None),
        oidc_scopes=reader.get("SESGOV_OIDC_SCOPES", setting_values.words, default=("openid", "email", "profile")),
        oidc_groups_claim=reader.get("SESGOV_OIDC_GROUPS_CLAIM", setting_values.line, default="groups"),
        oidc_roles=reader.get("SESGOV_OIDC_ROLES", setting_values.groups_of_roles, default=()),
        mail_url=reader.get("SESGOV_MAIL_URL", setting_values.mail_url, default=None),
        mail_from=reader.get("SESGOV_MAIL_FROM", setting_values.address, default="sesgov@localhost"),
        digest_at=reader.get("SESGOV_DIGEST_AT", setting_values.hour_and_minute, default=time(8, 0)),
        webhook_url=reader.get("SESGOV_WEBHOOK_URL", setting_values.hook_url, default=None),
        webhook_secret=reader.get("SESGOV_WEBHOOK_SECRET", setting_values.webhook_secret, default=None),
        slack_url=reader.get("SESGOV_SLACK_URL", setting_values.hook_url, default=None),
        private_hooks=reader.get("SESGOV_PRIVATE_HOOKS", setting_values.boolean, default=False),
        signing_key_file=reader.get(
            "SESGOV_SIGNING_KEY_FILE", setting_values.key_file, default=state_dir / "evidence-signing-key.pem"
        ),
        log_format=reader.get("SESGOV_LOG_FORMAT", setting_values.log_format, default="json" if production else "text"),
        log_level=reader.get("SESGOV_LOG_LEVEL", setting_values.log_level, default="INFO"),
    )
    _refuse_half_oidc(environment)
    if (environment.webhook_url is None) != (environment.webhook_secret is None):
        raise SettingError("SESGOV_WEBHOOK_URL and SESGOV_WEBHOOK_SECRET must be given together")
    if production:
        _refuse_unsafe_production(environment)
    return environment


@dataclass(frozen=True, slots=True)
class _Reader:
    variables: Mapping[str, str]

    def get(self, name: str, check: Callable[[str, str], Value], *, default: Default) -> Value | Default:
        value = self.variables.get(name, "").strip()
        return check(name, value) if value else default


def _refuse_half_oidc(environment: Environment) -> None:
    parts = {
        "SESGOV_OIDC_ISSUER": environment.oidc_issuer,
        "SESGOV_OIDC_CLIENT_ID": environment.oidc_client_id,
        "SESGOV_OIDC_CLIENT_SECRET": environment.oidc_client_secret,
    }
    missing = [name for name, value in parts.items() if value is None]
    if missing and len(missing) < len(parts):
        raise SettingError(f"{' and '.join(missing)} must be given with the other SESGOV_OIDC_ variables")
    if missing and environment.oidc_roles:
        raise SettingError("SESGOV_OIDC_ROLES says nothing without SESGOV_OIDC_ISSUER: give it too")
    if missing and not environment.local_sign_in:
        raise SettingError("SESGOV_LOCAL_SIGN_IN is off, so SESGOV_OIDC_ISSUER must be given, or nobody could sign in")


def _refuse_unsafe_production(environment: Environment) -> None:
    wanted = {
        "DATABASE_URL": environment.database_url,
        "REDIS_URL": environment.redis_url,
        "SESGOV_SECRET_KEY": environment.secret_key,
    }
    missing = [name for name, value in wanted.items() if value is None]
    if missing:
        raise SettingError(f"SESGOV_PRODUCTION is on, so {' and '.join(missing)} must be given; nothing is embedded")
    if not environment.base_url.startswith("https://"):
        raise SettingError("SESGOV_PRODUCTION is on, so SESGOV_BASE_URL must be given and begin with https://")
    if environment.debug or environment.demo:
        raise SettingError("SESGOV_PRODUCTION does not go together with SESGOV_DEBUG or the demo")
