"""Posts to hooks: signed, repeated under one key, never redirected, never to a private address."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from inventory.models import Delivery, NoticeKind
from inventory.services.notices.drain import STALE_AFTER, claim, drain
from inventory.services.notices.hooks import post_to_hooks
from inventory.services.notices.notices import tell
from inventory.services.notices.post_transport import is_public
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-twenty-characters"


class _Receiver(ThreadingHTTPServer):
    """``status`` is what it answers; 0 hangs up."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.posts: list[tuple[str, dict[str, str], bytes]] = []


class _Answer(BaseHTTPRequestHandler):
    server: _Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers), body))
        if self.server.status == 0:
            self.connection.close()
            return
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def receiver() -> Iterator[_Receiver]:
    with _Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def hook(settings):
    with receiver() as server:
        address = f"http://127.0.0.1:{server.server_port}"
        settings.SESGOV_WEBHOOK_URL, settings.SESGOV_WEBHOOK_SECRET = f"{address}/in?team=mail", SECRET
        settings.SESGOV_SLACK_URL = f"{address}/slack"
        yield server


def say(text="New finding on <shop> & co.", key="alert:1"):
    post_to_hooks(kind=NoticeKind.ALERT, key=key, text=text, path="/findings/1/", at=NOW)


def run(at=NOW) -> int:
    return drain(lambda: at, until=at + timedelta(seconds=1))


def test_a_webhook_gets_signed_json_and_slack_a_line_with_a_link(hook):
    say()
    say()
    assert run() == 2
    (path, headers, body), (slack_path, slack_headers, slack) = sorted(hook.posts)
    expected = hmac.new(SECRET.encode(), headers["X-Sesgov-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert path == "/in?team=mail"
    assert headers["X-Sesgov-Signature"] == f"v1={expected.hexdigest()}"
    assert headers["X-Sesgov-Timestamp"] == str(int(NOW.timestamp()))
    assert headers["Idempotency-Key"] == "webhook:alert:1"
    assert json.loads(body) == {
        "id": "alert:1",
        "kind": "alert",
        "text": "New finding on <shop> & co.",
        "url": "http://127.0.0.1:8000/findings/1/",
        "at": NOW.isoformat(),
        "is_demo": False,
    }
    assert slack_path == "/slack"
    assert "X-Sesgov-Signature" not in slack_headers
    said = json.loads(slack)["text"]
    assert said == "New finding on &lt;shop&gt; &amp; co.\n<http://127.0.0.1:8000/findings/1/|Open in sesgov>"


def test_a_webhook_that_fails_is_posted_again_under_the_same_key(hook, settings):
    settings.SESGOV_SLACK_URL = None
    hook.status = 503
    say()
    run()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.problem) == ("failed", "Answered 503.")
    hook.status = 204
    run(delivery.due_at)
    assert Delivery.objects.get().state == "sent"
    assert [headers["Idempotency-Key"] for _, headers, _ in hook.posts] == ["webhook:alert:1"] * 2


def test_no_answer_is_repeated_for_a_webhook_and_uncertain_for_slack(hook):
    hook.status = 0
    say()
    run()
    assert dict(Delivery.objects.values_list("channel", "state")) == {"webhook": "failed", "slack": "uncertain"}
    assert Delivery.objects.get(channel="slack").due_at is None


def test_a_worker_that_died_leaves_a_webhook_to_be_posted_again_and_slack_uncertain(hook):
    say()
    claim(at=NOW)
    claim(at=NOW)
    run(NOW + STALE_AFTER + timedelta(seconds=1))
    assert dict(Delivery.objects.values_list("channel", "state")) == {"webhook": "sent", "slack": "uncertain"}
    assert [path for path, _, _ in hook.posts] == ["/in?team=mail"]


def test_a_redirect_is_not_followed(hook):
    hook.status = 302
    say()
    run()
    assert {path for path, _, _ in hook.posts} == {"/in?team=mail", "/slack"}
    assert "a redirect" in Delivery.objects.all()[0].problem


def test_a_name_that_leads_to_a_private_address_is_not_posted_to(hook, settings, monkeypatch):
    looked_up = [(2, 1, 6, "", (address, hook.server_port)) for address in ("192.0.2.7", "127.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: looked_up)
    settings.SESGOV_WEBHOOK_URL = f"http://hooks.example.com:{hook.server_port}/in"
    settings.SESGOV_SLACK_URL = None
    say()
    run()
    assert "private address" in Delivery.objects.get().problem
    assert hook.posts == []
    looked_up.pop(0)
    settings.SESGOV_PRIVATE_HOOKS = True
    run(NOW + timedelta(minutes=2))
    assert [(path, headers["Host"]) for path, headers, _ in hook.posts] == [
        ("/in", f"hooks.example.com:{hook.server_port}")
    ]


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_private_addresses_in_every_wrapping(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_public_addresses(address):
    assert is_public(address)


def test_without_hooks_nothing_is_made_and_one_that_was_taken_away_is_given_up(hook, settings):
    say()
    settings.SESGOV_WEBHOOK_URL = settings.SESGOV_SLACK_URL = None
    say(key="alert:2")
    assert Delivery.objects.count() == 2
    run()
    assert set(Delivery.objects.values_list("state", "due_at")) == {("failed", None)}


def test_the_address_of_a_hook_is_stored_nowhere(hook):
    say()
    assert {delivery.to for delivery in Delivery.objects.all()} == {"127.0.0.1"}
    assert not any("team=mail" in delivery.text + delivery.key for delivery in Delivery.objects.all())


def test_containment_is_posted_with_the_notice_and_only_once(hook):
    for person in (builders.user("security"), builders.user("owner")):
        path, text = "/containments/1/", "Ann cut off Brightmail."
        tell([person], kind=NoticeKind.CONTAIN, key="containment 1", at=NOW, text=text, path=path, is_urgent=True)
    assert Delivery.objects.count() == 2
