# The role with which sesgov reads SES identities and their policies. It changes nothing.

data "aws_iam_policy_document" "trust" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.reader_principal_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid    = "ReadIdentitiesAndRegions"
    effect = "Allow"
    actions = [
      "account:ListRegions",
      "ec2:DescribeRegions",
      "ses:GetEmailIdentity",
      "ses:ListEmailIdentities",
      "ses:ListIdentities",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "read" {
  name                 = var.role_name
  description          = "sesgov reads SES identities and their policies"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "read" {
  name   = "sesgov-read"
  role   = aws_iam_role.read.id
  policy = data.aws_iam_policy_document.read.json
}
