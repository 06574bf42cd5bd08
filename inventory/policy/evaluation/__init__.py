"""The concrete evaluator: one request against policies, decided from the IAM rules alone.

It shares no decision code with the analyser, which it checks. The entry point is
:func:`inventory.policy.evaluation.decisions.evaluate`.
"""
