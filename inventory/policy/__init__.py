"""The policy engine: what a set of SES sending authorization policies allows, to whom, and why.

Standard library only. The entry point is :func:`inventory.policy.analysis.analyse`.
"""
