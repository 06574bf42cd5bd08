output "role_arn" {
  description = "The role that sesgov assumes."
  value       = aws_iam_role.read.arn
}
