"""What people say of a change task."""

from django import forms

from approvals.models import CodeDeclaration


class SayAppliedForm(forms.Form):
    """It is applied."""

    comment = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A change number, or what was done differently. Optional.",
    )  # fmt: skip


class CancelTaskForm(forms.Form):
    """Nobody should do it."""

    reason = forms.CharField(label="Why nobody should do it", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class CodeForm(forms.Form):
    """Where the policies are written by code."""

    tool = forms.ChoiceField(label="Written by", choices=CodeDeclaration.Tool.choices)
    repository = forms.CharField(
        label="Where", max_length=300, help_text="The address of the repository, or words that say how to find it."
    )
    is_whole_account = forms.BooleanField(label="For all identities of this account", required=False)
