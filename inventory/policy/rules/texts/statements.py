"""Corrected statements, with upper-case words where the values of the case at hand go."""

from typing import Any

PINNED: dict[str, Any] = {
    "Sid": "NamedSenderOnly",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:PARTITION:iam::DELEGATE_ACCOUNT_ID:role/SENDER_ROLE"},
    "Action": ["ses:SendEmail", "ses:SendRawEmail"],
    "Resource": "IDENTITY_ARN",
    "Condition": {
        "StringEquals": {"ses:FromAddress": "SENDER_ADDRESS"},
        "DateLessThan": {"aws:CurrentTime": "END_DATET00:00:00Z"},
    },
}
FROM_NETWORK: dict[str, Any] = {
    **PINNED,
    "Condition": {**PINNED["Condition"], "IpAddress": {"aws:SourceIp": ["SENDER_IP_RANGE"]}},
}
PINNED_SERVICE: dict[str, Any] = {
    "Sid": "ServiceForUsOnly",
    "Effect": "Allow",
    "Principal": {"Service": "SERVICE_PRINCIPAL"},
    "Action": ["ses:SendEmail", "ses:SendRawEmail"],
    "Resource": "IDENTITY_ARN",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": "OWNER_ACCOUNT_ID"},
        "ArnLike": {"aws:SourceArn": "SOURCE_RESOURCE_ARN"},
    },
}
