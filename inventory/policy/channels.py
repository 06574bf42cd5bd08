"""Channel: the way a request reaches SES."""

from enum import StrEnum


class Channel(StrEnum):
    """How a request reaches SES; each channel carries its own set of condition keys."""

    DIRECT = "direct"
    VPC_ENDPOINT = "vpc_endpoint"
    SERVICE = "service"
