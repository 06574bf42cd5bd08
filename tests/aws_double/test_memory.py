"""What callers changed survives a restart; another world starts afresh."""

import json

from sesgov.demo.aws_double.double import Double
from sesgov.demo.aws_double.memory import Memory

ACCOUNT, REGION = "640915237708", "eu-west-1"
WORLD = {
    "accounts": [{"id": ACCOUNT, "identities": [{"name": "a.example.com", "region": REGION, "policies": {"p": "{}"}}]}]
}
SIGNED = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261122/{REGION}/ses/aws4_request, SignedHeaders=host, Signature=0"


def started(path, world):
    memory = Memory(path, world)
    double = Double(memory.keep)
    double.state.load(memory.recall())
    return double


def call(double, method, path, **body):
    answer = double.answer(method, path, {"authorization": SIGNED}, json.dumps(body).encode() if body else b"")
    assert answer.status == 200
    return json.loads(answer.body)


def test_a_change_survives_a_restart_and_a_new_world_does_not_see_it(tmp_path):
    path = tmp_path / "state.json"
    double = started(path, WORLD)
    call(double, "GET", "/v2/email/identities/a.example.com")
    assert not path.exists()
    call(double, "DELETE", "/v2/email/identities/a.example.com/policies/p")
    call(double, "POST", "/v2/email/identities", EmailIdentity="b.example.com", Tags=[{"Key": "team", "Value": "Shop"}])

    again = started(path, WORLD)
    assert call(again, "GET", "/v2/email/identities/a.example.com")["Policies"] == {}
    assert call(again, "GET", "/v2/email/identities/b.example.com")["Tags"] == [{"Key": "team", "Value": "Shop"}]

    other = started(path, WORLD | {"default_account": ACCOUNT})
    assert call(other, "GET", "/v2/email/identities/a.example.com")["Policies"] == {"p": "{}"}


def test_without_a_file_nothing_is_kept():
    double = started(None, WORLD)
    call(double, "DELETE", "/v2/email/identities/a.example.com")
    assert call(started(None, WORLD), "GET", "/v2/email/identities/a.example.com")["Policies"] == {"p": "{}"}
