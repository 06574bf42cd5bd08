"""The demo cannot reach a real account."""

from sesgov.demo.files import ENDPOINT_VARIABLE
from sesgov.environment import read
from sesgov.supervisor import databases, demo
from sesgov.supervisor.services import Services
from sesgov.supervisor.state import StateDir

EMBEDDED = Services("postgresql://sesgov:p@127.0.0.1:5001", "redis://:p@127.0.0.1:5002")
AMBIENT = {
    "PATH": "/bin",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/",
    "AWS_ENDPOINT_URL_SESV2": "https://email.eu-west-1.amazonaws.com",
    "HTTPS_PROXY": "http://proxy.example.com",
}


def test_no_credential_or_endpoint_of_the_machine_is_left(tmp_path):
    variables = demo.environ(AMBIENT, StateDir.open(tmp_path), 5003)

    assert {name for name in variables if name in AMBIENT} == {"PATH", "AWS_ACCESS_KEY_ID"}
    assert "real" not in variables.values()
    assert variables["AWS_ENDPOINT_URL"] == variables[ENDPOINT_VARIABLE] == "http://127.0.0.1:5003"
    assert variables["AWS_EC2_METADATA_DISABLED"] == "true"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        assert variables[name].startswith(str(tmp_path))


def test_the_demo_has_a_database_and_a_broker_of_its_own():
    real = databases.urls(read({}), EMBEDDED, is_demo=False)
    shown = databases.urls(read({}), EMBEDDED, is_demo=True)

    assert real == {"DATABASE_URL": f"{EMBEDDED.postgres}/sesgov", "REDIS_URL": f"{EMBEDDED.redis}/0"}
    assert shown == {"DATABASE_URL": f"{EMBEDDED.postgres}/sesgov_demo", "REDIS_URL": f"{EMBEDDED.redis}/1"}


def test_also_on_services_that_are_given():
    given = read({"DATABASE_URL": "postgres://u@db/mail", "REDIS_URL": "redis://cache/3"})

    shown = databases.urls(given, Services(None, None), is_demo=True)

    assert shown == {"DATABASE_URL": "postgres://u@db/mail_demo", "REDIS_URL": "redis://cache/4"}
