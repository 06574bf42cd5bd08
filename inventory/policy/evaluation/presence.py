"""Presence: keys that a request of a channel and an action never carries, whatever it is said to carry.

Sources: the Service Authorization Reference for the ``ses:`` keys, the IAM User Guide for the ``aws:`` keys.
"""

from functools import lru_cache

from inventory.policy.channels import Channel

_NOWHERE = {"ses:requiretls", "ses:messagesize"}
_SERVICE_ONLY = {
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename",
    "aws:principalservicenameslist",
}  # fmt: skip
_SIGNER_ONLY = {
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid",
    "aws:username", "aws:principaltype",
}  # fmt: skip
_ENDPOINT_ONLY = {
    "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid",
    "aws:vpceorgpaths",
}  # fmt: skip
_MESSAGE = {"ses:fromaddress", "ses:fromdisplayname", "ses:feedbackaddress", "ses:recipients"}
_MESSAGE_ACTIONS = {
    "ses:sendemail", "ses:sendrawemail", "ses:sendtemplatedemail", "ses:sendbulktemplatedemail", "ses:sendbounce",
    "ses:sendcustomverificationemail",
}  # fmt: skip


@lru_cache(maxsize=4096)
def can_be_present(key: str, channel: Channel, action: str) -> bool:
    """Whether a request of this kind can carry the key at all; a key unknown here can."""
    key = key.lower()
    if key in _NOWHERE:
        return False
    if channel is Channel.SERVICE:
        return (
            key not in _SIGNER_ONLY | _ENDPOINT_ONLY
            and not key.startswith("aws:principaltag/")
            and _action_carries(key, action)
        )
    if key in _SERVICE_ONLY:
        return False
    if key == "aws:sourceip":
        return channel is Channel.DIRECT
    if key in _ENDPOINT_ONLY:
        return channel is Channel.VPC_ENDPOINT
    return _action_carries(key, action)


def _action_carries(key: str, action: str) -> bool:
    return key not in _MESSAGE or action.lower() in _MESSAGE_ACTIONS
