"""What the rules saw when they last judged an identity."""

from django.db import models

from inventory.models.identities import Identity


class LastJudgement(models.Model):
    """What a later judgement is compared with: without it nobody could say why a finding has gone.

    ``policies_hash`` is the SHA-256 of all policies by name, ``admits`` what ``admission_lines`` made of the analysis;
    the copies of a name in other regions are compared by it. A gone identity has no row.
    """

    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, primary_key=True, related_name="last_judgement")
    engine_version = models.CharField(max_length=20)
    policies_hash = models.CharField(max_length=64)
    admits = models.JSONField(default=list)
    has_denials = models.BooleanField(default=False)

    objects: models.Manager["LastJudgement"] = models.Manager()

    def __str__(self) -> str:
        return f"{self.identity_id} by engine {self.engine_version}"
