"""`manage.py export_review`: one file that holds, or an exit code and why not."""

import io
import zipfile
from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from approvals.models import EvidencePack, PackPart
from tests.builders import NOW
from tests.campaigns import cases
from tests.campaigns.test_evidence import key_file, quarter  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


def exported(campaign_id, output):
    text = io.StringIO()
    with time_machine.travel(NOW + timedelta(days=25), tick=False):
        call_command("export_review", str(campaign_id), "--output", str(output), stdout=text, stderr=text)
    return text.getvalue()


def test_a_pack_is_written_checked_and_sealed_once(tmp_path):
    campaign = quarter()
    said = exported(campaign.pk, tmp_path / "a.zip")
    exported(campaign.pk, tmp_path / "b.zip")
    assert "Everything holds" in said
    assert EvidencePack.objects.get().pack_hash in said
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "manifest.json" in zipfile.ZipFile(tmp_path / "a.zip").namelist()


def test_a_pack_whose_bytes_were_changed_in_the_database_is_not_handed_out_as_good(tmp_path):
    campaign = quarter()
    exported(campaign.pk, tmp_path / "a.zip")
    part = PackPart.objects.get()
    content = bytearray(bytes(part.content))
    content[200] ^= 1
    with pgtrigger.ignore("approvals.PackPart:pack_part_append_only"):
        PackPart.objects.filter(pk=part.pk).update(content=bytes(content))
    with pytest.raises(SystemExit) as ended:
        exported(campaign.pk, tmp_path / "b.zip")
    assert ended.value.code == 1


@pytest.mark.parametrize("state", ["none", "active"])
def test_what_cannot_be_exported_is_said(state, tmp_path):
    number = 4711
    if state == "active":
        cases.seen_path()
        number = cases.active(cases.security()).pk
    with pytest.raises(CommandError) as refused:
        exported(number, tmp_path / "a.zip")
    assert refused.value.returncode == 2
    assert not (tmp_path / "a.zip").exists()


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        exported(quarter().pk, tmp_path / "nowhere" / "a.zip")
