"""Two workers judge copies of one name at the same moment: neither waits for ever, and nothing is written twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from inventory.models import Finding, FindingEpisode, Identity
from inventory.policy.analysis import analyse
from inventory.policy.trust import Registry
from inventory.services.findings.findings import FindingCounts, judge_identity
from inventory.services.judging.identity_copies import lock_family
from tests import builders
from tests.services.findings_world import open_findings, place, role, sends, stored_counts, stored_policies


def judged_beside_another(identity_id: int, both_are_there: Barrier) -> FindingCounts:
    """What reconciliation does: hold all copies, then the identity's row, then judge."""
    try:
        with transaction.atomic():
            stored = Identity.objects.select_related("scope").get(pk=identity_id)
            both_are_there.wait(timeout=10)
            lock_family(stored.scope, stored.name)
            rows = Identity.objects.select_for_update(of=("self",), no_key=True).select_related("scope__account")
            identity = rows.get(pk=identity_id)
            policies = stored_policies(identity)
            analysis = analyse(
                owner_account=identity.scope.account.account_id,
                identity_arn=identity.arn,
                policies=policies,
                registry=Registry(),
                at=builders.NOW,
            )
            return judge_identity(
                identity, analysis, policies=policies, registry=Registry(), delegates={}, at=builders.NOW
            )
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_copies_judged_at_once():
    here = place()
    there = place(region="us-east-1", account=here.scope.account)
    builders.policy(text=sends(here, role()), identity=here, name="partner")
    builders.policy(text=sends(there, role("529481630275")), identity=there, name="partner")
    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(judged_beside_another, each.pk, barrier) for each in (here, there)]
        counts = [each.result(timeout=20) for each in waiting]
    drifts = Finding.objects.open().filter(rule_id="region-drift")
    assert set(drifts.values_list("identity", flat=True)) == {here.pk, there.pk}
    assert stored_counts() == {each.pk: open_findings(each) for each in (here, there)}
    assert sum((each.opened for each in counts), 0) == Finding.objects.count() == FindingEpisode.objects.count()
