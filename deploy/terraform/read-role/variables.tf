variable "role_name" {
  description = "The value of SESGOV_ROLE_NAME; the same in every account."
  type        = string
  default     = "sesgov-read"

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.role_name))
    error_message = "A role's name has 1 to 64 letters, digits or + = , . @ - _ characters."
  }
}

variable "external_id" {
  description = "The value of SESGOV_EXTERNAL_ID; the same in every account."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[\\w+=,.@:/-]{2,1224}$", var.external_id))
    error_message = "An ExternalId has 2 to 1224 letters, digits or + = , . @ : / - _ characters."
  }
}

variable "reader_principal_arn" {
  description = "The role or user whose credentials sesgov runs with."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$", var.reader_principal_arn))
    error_message = "Give the ARN of one role or user, such as arn:aws:iam::111111111111:role/sesgov."
  }
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
