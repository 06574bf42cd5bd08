"""The reviews of the demo: one from its freezing to its sealed evidence, and one that waits now."""

from datetime import timedelta

import pytest

from approvals.models import Campaign, EvidencePack, ReviewItem
from inventory.models import Delegation, Team
from sesgov.demo.history import reviews
from sesgov.demo.history.acts import ACTS
from sesgov.demo.seed import seed
from tests import builders
from tests.builders import NOW, PASSWORD
from tests.campaigns import cases

pytestmark = pytest.mark.django_db
OURS = [(day, act) for day, act in ACTS if getattr(act, "__module__", "") == reviews.__name__]
(UNWANTED, *_) = reviews.UNWANTED
OWNERS = {UNWANTED: "Data", reviews.FORGOTTEN: "People", "shop.example.com": "Shop"}


@pytest.fixture(autouse=True)
def _key(settings, tmp_path):
    settings.SESGOV_SIGNING_KEY_FILE = tmp_path / "key.pem"


def test_one_review_is_closed_and_sealed_and_one_waits_for_the_shop():
    seed(password=PASSWORD, at=NOW)
    for name, team in OWNERS.items():
        cases.seen_path(identity=builders.identity(name=name, owner_team=Team.objects.get(name=team)))
    for day, act in OURS:
        if act is reviews.verify_and_seal:
            gone = Delegation.objects.filter(identity__name__in=[UNWANTED, reviews.FORGOTTEN])
            gone.update(is_live=False)
        act(NOW - timedelta(days=day))
    last, now = Campaign.objects.order_by("pk")
    said = dict(last.items.values_list("identity__name", "decision"))
    assert said == {UNWANTED: "revoke", reviews.FORGOTTEN: "not_reviewed", "shop.example.com": "certify"}
    assert (last.state, EvidencePack.objects.get().campaign) == ("closed", last)
    assert last.ended_at is not None
    assert last.ended_at < EvidencePack.objects.get().sealed_at
    assert (now.state, str(now.items.pending().get().reviewer_team)) == ("active", "Shop")


def test_what_was_not_read_is_not_reviewed():
    seed(password=PASSWORD, at=NOW)
    for day, act in OURS:
        act(NOW - timedelta(days=day))
    assert not Campaign.objects.exists()
    assert not ReviewItem.objects.exists()
