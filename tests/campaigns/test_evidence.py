"""Evidence: a sealed pack is checked by a bare Python, and whatever is changed in it is found."""

import io
import json
import runpy
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.models import Campaign, EvidencePack
from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.running import run_due, sign
from approvals.services.campaigns.verification import close_verified, verify_due
from approvals.services.evidence import pack as packs
from approvals.services.evidence.manifest import Sealing
from approvals.services.evidence.sealing import bytes_of, seal_pack
from approvals.services.evidence.signing import SigningKeyError, signer
from inventory.models import Notice, Role
from inventory.services.audit_chain.content import Head
from inventory.services.refusals import ConflictError
from tests import builders
from tests.builders import NOW
from tests.campaigns import cases
from tests.campaigns.packs import checked, checked_bare, flips, unpacked

pytestmark = pytest.mark.django_db
SCRIPT = Path(packs.__file__).with_name("verify.py")
CERTIFY, REVOKE = ItemDecision.CERTIFY, ItemDecision.REVOKE


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.SESGOV_SIGNING_KEY_FILE = tmp_path / "key.pem"


def quarter() -> Campaign:
    """Certified, revoked and verified, missed: everything that a review can come to."""
    team = builders.team(name="=Shop")
    owner = builders.user(Role.OWNER, teams=[team])
    by, signer_ = cases.security(), cases.security()
    shop = builders.identity(name="shop.example.com", owner_team=team)
    cases.seen_path(identity=shop, principal="444455556666", trust="partner", reach="principal")
    gone = cases.seen_path(identity=shop, principal="222233334444")
    cases.seen_path(identity=builders.identity(name="zz.example.com", scope=shop.scope), principal="*", reach="public")
    campaign = cases.active(by)
    for item, decision in zip(
        campaign.items.filter(identity=shop).order_by("-position"), (CERTIFY, REVOKE), strict=True
    ):
        cases.decide(item, decision, owner, note="=cmd|' /C calc'!A0, and nobody needs it.")
    run_due(at=NOW + timedelta(days=22))
    sign(
        campaign.pk,
        attestation="I have looked at every decision.",
        signed_in_by="password",
        acting_user=signer_,
        at=NOW + timedelta(days=23),
    )
    gone.is_live = False
    gone.save()
    shop.last_read_at = NOW + timedelta(days=24)
    shop.save()
    verify_due(at=NOW + timedelta(days=24))
    close_verified(at=NOW + timedelta(days=24))
    return campaign


def sealed(campaign: Campaign, days: int = 25) -> EvidencePack:
    return seal_pack(campaign.pk, acting_user=None, at=NOW + timedelta(days=days))


def test_a_bare_python_checks_a_whole_quarter(tmp_path):
    pack = sealed(quarter())
    file = tmp_path / "pack.zip"
    file.write_bytes(b"".join(bytes_of(pack)))
    code, said = checked_bare(file, "--fingerprint", pack.fingerprint, "--head", pack.head_hash)
    assert code == 0, said
    for words in (
        "ok     every decision and verified removal has its event",
        "ok     the signature is of this manifest",
        "ok     the key has the fingerprint that you hold",
        "1 of 2 removals are verified",
        "1 items were not reviewed by the due day",
        f"Everything holds. Pack {pack.pack_hash}",
    ):
        assert words in said


def test_one_byte_flipped_in_any_file_is_found(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    assert len(list(folder.iterdir())) == 16
    assert not [flip for flip in flips(folder) if checked(folder)[0] == 0]
    assert checked(folder)[0] == 0


def test_a_file_that_is_missing_or_was_added_is_found(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    (folder / "more.csv").write_text("")
    assert "not listed: ['more.csv']" in checked(folder)[1]
    (folder / "more.csv").unlink()
    (folder / "exceptions.csv").unlink()
    code, said = checked(folder)
    assert code == 1
    assert "missing: ['exceptions.csv']" in said


def test_what_is_no_pack_is_said_to_be_none(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip file")
    code, said = checked_bare(tmp_path / "a.zip")
    assert code == 2
    assert "no evidence pack" in said


def test_the_same_pack_twice_is_the_same_bytes():
    campaign = quarter()
    pack = sealed(campaign)
    campaign.refresh_from_db()
    head = Head(pack.head_position, pack.head_hash)
    again = io.BytesIO()
    packs.build(campaign, Sealing(1, pack.sealed_at, None, "", head, pack.fingerprint), signer(), again)
    assert again.getvalue() == b"".join(bytes_of(pack))


def test_editions_follow_one_another():
    campaign = quarter()
    first, second = sealed(campaign), sealed(campaign, 26)
    assert (second.edition, second.previous_hash) == (2, first.pack_hash)


def test_only_a_signed_review_is_sealed():
    cases.seen_path()
    with pytest.raises(ConflictError, match="once it is signed"):
        sealed(cases.active(cases.security()))


def test_hashes_go_to_reviewers_and_auditors():
    auditor = builders.user(Role.AUDITOR)
    pack = sealed(quarter())
    notices = Notice.objects.filter(key=f"evidence-{pack.pk}")
    assert notices.filter(person=auditor).exists()
    assert notices.count() == 2
    assert pack.pack_hash in notices[0].text
    assert pack.head_hash in notices[0].text


def test_cells_that_a_spreadsheet_would_run_are_quoted_and_read_as_they_were(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    text = (folder / "decisions.csv").read_text("utf-8")
    assert "\"'=cmd|' /C calc'!A0" in text or "'=cmd|" in text
    assert checked(folder)[0] == 0


def test_what_was_not_reviewed_comes_first(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    assert "not_reviewed" in (folder / "decisions.csv").read_text("utf-8").splitlines()[1]


def test_the_manifest_says_what_was_not_looked_at(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    kinds = [each["path_kind"] for each in manifest["campaign"]["not_collected"]]
    assert kinds == ["iam", "smtp_user", "assumable_role", "policy_admin"]
    assert manifest["counts"]["by_decision"] == {"certify": 1, "not_reviewed": 1, "revoke": 1}


def test_a_sample_is_drawn_with_its_history_and_the_same_for_the_same_seed(tmp_path):
    folder = unpacked(sealed(quarter()), tmp_path / "pack")
    first, again = (checked(folder, "sample", "--seed", "7", "--size", "2")[1] for _ in range(2))
    assert first == again
    assert "2 of 3 items, drawn with seed 7" in first
    assert "decisions: " in checked(folder, "sample", "--size", "3")[1]


def test_a_key_of_another_kind_is_refused_in_words(settings):
    settings.SESGOV_SIGNING_KEY_FILE.write_text("no key")
    with pytest.raises(SigningKeyError, match="cannot be read"):
        signer()


def test_the_key_is_made_once_and_for_nobody_else(settings):
    assert signer().fingerprint == signer().fingerprint
    assert settings.SESGOV_SIGNING_KEY_FILE.stat().st_mode & 0o777 == 0o600


VERIFIES = runpy.run_path(str(SCRIPT))["ed25519_verifies"]


@settings(max_examples=25, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), content=st.binary(max_size=200), flip=st.integers(0, 511))
def test_the_scripts_own_arithmetic_agrees_with_the_library(seed, content, flip):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(content)
    assert VERIFIES(public, signature, content)
    changed = bytearray(signature)
    changed[flip // 8] ^= 1 << flip % 8
    assert not VERIFIES(public, bytes(changed), content)
    assert not VERIFIES(public, signature, content + b"!")


def test_a_signature_that_is_no_point_is_none():
    assert not VERIFIES(b"\xff" * 32, b"\x00" * 64, b"")
    assert not VERIFIES(b"\x01" + b"\x00" * 31, b"\x00" * 63, b"")
