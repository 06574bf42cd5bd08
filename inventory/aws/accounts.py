"""Which account is read, and by which way in."""

from dataclasses import dataclass

PARTITIONS = ("aws", "aws-us-gov", "aws-eusc")
_HOME_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """One account. With ``role_arn`` the role is assumed; else a named profile, else the process's own credentials."""

    account_id: str
    partition: str = "aws"
    role_arn: str = ""
    external_id: str = ""
    profile: str = ""

    @property
    def home_region(self) -> str:
        """A region of the partition that is enabled in every account."""
        return home_region_of(self.partition)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom AWS takes the holder of some credentials for."""

    account_id: str
    arn: str

    @property
    def partition(self) -> str:
        """The partition that the credentials belong to."""
        return self.arn.split(":")[1]

    @property
    def principal_arn(self) -> str:
        """The role or user that a trust policy names: a session of a role is the role, whose path AWS does not tell."""
        kind, _, name = self.arn.rpartition(":")[2].partition("/")
        if kind != "assumed-role":
            return self.arn
        return f"arn:{self.partition}:iam::{self.account_id}:role/{name.partition('/')[0]}"


def home_region_of(partition: str) -> str:
    """A region of the partition that is enabled in every account."""
    return _HOME_REGIONS.get(partition, _HOME_REGIONS["aws"])


def identity_arn(*, partition: str, region: str, account_id: str, name: str) -> str:
    """The ARN of an SES identity."""
    return f"arn:{partition}:ses:{region}:{account_id}:identity/{name}"
