"""What the environment may say."""

from datetime import time
from pathlib import Path

import pytest

from sesgov.environment import read
from sesgov.setting_values import SettingError

PRODUCTION = {
    "SESGOV_PRODUCTION": "true",
    "DATABASE_URL": "postgres://u:p@db.example.com/sesgov",
    "REDIS_URL": "redis://cache.example.com",
    "SESGOV_SECRET_KEY": "k" * 50,
    "SESGOV_BASE_URL": "https://sesgov.example.com",
}


def test_an_empty_environment_has_defaults():
    given = read({})

    assert (given.database_url, given.redis_url, given.production, given.demo) == (None, None, False, False)
    assert (given.ses_rate, given.time_zone.key, given.collect_at) == (1.0, "UTC", time(2, 0))
    assert given.state_dir == Path(__file__).parents[2] / ".state"


def test_an_empty_value_is_as_good_as_none():
    assert read({"DATABASE_URL": "", "SESGOV_SES_RATE": " "}) == read({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@host/name"),
        ("DATABASE_URL", "postgres://host"),
        ("DATABASE_URL", "postgres://host:port/name"),
        ("REDIS_URL", "valkey://host"),
        ("REDIS_URL", "redis://host/name"),
        ("AWS_ENDPOINT_URL", "localhost:5000"),
        ("SESGOV_EMBEDDED", "docker"),
        ("SESGOV_PRODUCTION", "maybe"),
        ("SESGOV_SES_RATE", "-1"),
        ("SESGOV_SES_RATE", "nan"),
        ("SESGOV_SES_RATE", "fast"),
        ("SESGOV_TRUSTED_PROXIES", "two"),
        ("SESGOV_TIME_ZONE", "Berlin"),
        ("SESGOV_TIME_ZONE", "../etc/passwd"),
        ("SESGOV_COLLECT_AT", "24:00"),
        ("SESGOV_SECRET_KEY", "short"),
        ("SESGOV_BASE_URL", "sesgov.example.com"),
        ("SESGOV_BASE_URL", "https://example.com/sesgov"),
        ("SESGOV_REGIONS", "eu-west-1,euwest1"),
        ("SESGOV_ROLE_NAME", "arn:aws:iam::111122223333:role/x"),
        ("SESGOV_EXTERNAL_ID", "with space"),
        ("SESGOV_OWNER_TAG_KEYS", " , "),
        ("SESGOV_MAIL_URL", "mail.example.com"),
        ("SESGOV_MAIL_URL", "smtp://mail.example.com:abc"),
        ("SESGOV_MAIL_FROM", "nobody"),
        ("SESGOV_DIGEST_AT", "never"),
        ("SESGOV_WEBHOOK_URL", "http://hooks.example.com/in"),
        ("SESGOV_SLACK_URL", "https://ann:hush@hooks.example.com"),
        ("SESGOV_WEBHOOK_SECRET", "short"),
        ("SESGOV_LOG_FORMAT", "xml"),
        ("SESGOV_LOG_LEVEL", "loud"),
        ("SESGOV_SESSION_HOURS", "0"),
        ("SESGOV_SESSION_HOURS", "12.5"),
        ("SESGOV_DECISION_SIGN_IN_HOURS", "0"),
        ("SESGOV_REQUIRE_MFA", "security,boss"),
        ("SESGOV_LOCAL_SIGN_IN", "never"),
        ("SESGOV_OIDC_ISSUER", "login.example.com"),
        ("SESGOV_OIDC_ISSUER", "http://login.example.com"),
        ("SESGOV_OIDC_ISSUER", "https://login.example.com/.well-known/openid-configuration"),
        ("SESGOV_OIDC_ROLES", "security"),
        ("SESGOV_OIDC_ROLES", "group=root"),
        ("SESGOV_OIDC_ROLES", "=admin"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(name, value):
    with pytest.raises(SettingError) as refused:
        read({name: value})

    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_a_refusal_shows_neither_password_nor_key():
    urls = ["mysql://u:hush@host/name", "postgres://u:hush@host:port/name", "postgres://u:p@hush@host"]
    for bad in [{"SESGOV_SECRET_KEY": "hush"}, *({"DATABASE_URL": url} for url in urls)]:
        with pytest.raises(SettingError) as refused:
            read(bad)
        assert "hush" not in str(refused.value)


def test_a_hook_s_address_is_shown_to_nobody_and_has_its_secret():
    with pytest.raises(SettingError) as refused:
        read({"SESGOV_SLACK_URL": "http://hooks.example.com/planted"})
    assert "planted" not in str(refused.value)
    with pytest.raises(SettingError, match="must be given together"):
        read({"SESGOV_WEBHOOK_URL": "https://hooks.example.com/in"})
    hooks = {"SESGOV_WEBHOOK_URL": "http://127.0.0.1:9/in", "SESGOV_WEBHOOK_SECRET": "s" * 20}
    assert set(hooks.values()) <= set(read(hooks).secrets(hooks))


def test_production_is_accepted_with_everything_it_needs():
    assert read(PRODUCTION).log_format == "json"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SESGOV_SECRET_KEY", "SESGOV_BASE_URL"])
def test_production_embeds_and_invents_nothing(name):
    with pytest.raises(SettingError, match=name):
        read({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize("name", ["SESGOV_DEBUG", "SESGOV_DEMO"])
def test_production_is_neither_demo_nor_debugged(name):
    with pytest.raises(SettingError, match="does not go together"):
        read(PRODUCTION | {name: "true"})


OIDC = {
    "SESGOV_OIDC_ISSUER": "https://login.example.com/tenant/",
    "SESGOV_OIDC_CLIENT_ID": "sesgov",
    "SESGOV_OIDC_CLIENT_SECRET": "hush hush",
}


def test_company_sign_in_is_read_with_its_groups():
    given = read(OIDC | {"SESGOV_OIDC_ROLES": "sec=security, cn=root=admin,sec=viewer", "SESGOV_LOCAL_SIGN_IN": "off"})
    assert given.oidc_issuer == "https://login.example.com/tenant/"
    assert given.oidc_roles == (("sec", "security"), ("cn=root", "admin"), ("sec", "viewer"))
    assert "hush hush" in given.secrets({})


@pytest.mark.parametrize("name", OIDC)
def test_company_sign_in_takes_all_three_of_its_settings(name):
    with pytest.raises(SettingError, match=f"^{name} must be given"):
        read({key: value for key, value in OIDC.items() if key != name})


def test_groups_without_an_issuer_and_a_door_without_a_key_are_refused():
    for bad in ({"SESGOV_OIDC_ROLES": "sec=security"}, {"SESGOV_LOCAL_SIGN_IN": "off"}):
        with pytest.raises(SettingError, match="SESGOV_OIDC_ISSUER"):
            read(bad)
