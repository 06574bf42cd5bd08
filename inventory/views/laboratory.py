"""The policy laboratory: what would this policy allow?"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from inventory.filters.fields import row_number
from inventory.forms.questions import QuestionForm
from inventory.models import Identity, User
from inventory.pages.analysed import analysed
from inventory.pages.laboratory import Experiment
from inventory.pages.laboratory_question import FIELDS, Question, question_about
from inventory.pages.laboratory_text import laid_out, text_of
from inventory.policy.tightening.placeholders import KEEP
from inventory.views.requests import person

_ANSWER, _KEEP = "answer-", "keep-"


@require_http_methods(["GET", "HEAD", "POST"])
def laboratory(request: HttpRequest) -> HttpResponse:
    """The whole page, or only what follows from the text when htmx asks. It writes nothing."""
    user = person(request)
    if not user.roles:
        raise Http404
    experiment = _told(request.POST) if request.method == "POST" else _opened(user, request.GET.get("identity", ""))
    experiment = _acted_on(experiment, request.POST)
    form = QuestionForm(dict(experiment.question.told)) if experiment.question.told else QuestionForm()
    htmx: Any = getattr(request, "htmx", None)
    is_fragment = bool(htmx) and not htmx.history_restore_request
    context = {"section": "laboratory", "experiment": experiment, "form": form, "is_fragment": is_fragment}
    template = "laboratory/results.html" if is_fragment else "laboratory/laboratory.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _told(data: Mapping[str, str]) -> Experiment:
    """What was filled in. Browsers send line ends as CR LF; places are counted with LF."""
    answers = {name.removeprefix(_ANSWER): value for name, value in data.items() if name.startswith(_ANSWER)}
    kept = {name.removeprefix(_KEEP): KEEP for name in data if name.startswith(_KEEP)}
    return Experiment(
        text=data.get("text", "").replace("\r\n", "\n"),
        identity_arn=data.get("identity_arn", "").strip(),
        question=Question({name: data.get(name, "") for name in FIELDS}),
        answers={name: value.strip() for name, value in (answers | kept).items()},
        at=timezone.now(),
        time_zone=settings.TIME_ZONE,
    )


def _opened(user: User, identity: str) -> Experiment:
    """An empty page, or one with the policies of an identity."""
    text, arn, at = "", "", timezone.now()
    if identity:
        rows = Identity.objects.visible_to(user).select_related("scope__account__organization")
        row = get_object_or_404(rows, pk=row_number(identity))
        arn = row.arn
        text = text_of({policy.name: version.text for policy, version in analysed(row, at).policies})
    return Experiment(text, arn, Question({}), {}, at, settings.TIME_ZONE)


def _acted_on(told: Experiment, data: Mapping[str, str]) -> Experiment:
    """After one of the buttons: laid out, tightened, or asked about a witness."""
    text, question, answers = told.text, told.question, told.answers
    if data.get("do") == "layout":
        text = laid_out(text)
    elif data.get("do") == "adopt":
        text, answers = told.tightened_text, told.kept
    elif data.get("try", "").isdecimal():
        witness = told.witness(int(data["try"][:6]))
        question = question_about(witness) if witness is not None else question
    else:
        return told
    return Experiment(text, told.identity_arn, question, answers, told.at, told.time_zone)
