"""The session policy that pins an assumed role to reading, whatever the role itself may do."""

import json

READ_ACTIONS = (
    "account:ListRegions",
    "ec2:DescribeRegions",
    "ses:GetEmailIdentity",
    "ses:ListEmailIdentities",
    "ses:ListIdentities",
)
READING_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(READ_ACTIONS), "Resource": "*"}],
    }
)
