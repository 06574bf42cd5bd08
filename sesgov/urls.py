"""The addresses of the whole site; each app brings its own list."""

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.mfa.webauthn.views import login_webauthn
from allauth.socialaccount.views import login_cancelled
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from sesgov.company.views import callback, sign_in
from sesgov.dashboard import dashboard
from sesgov.figures.page import figures_page
from sesgov.sign_in import only_local

# What people who were entered by an administrator need; their address and their account are not theirs to change.
SIGN_IN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
# What a person without a local account has no use for; the others stay open to everybody.
NOT_LOCAL = frozenset({"account_logout", "account_inactive", "account_reauthenticate"})


def _of_accounts() -> list[URLPattern]:
    known = [each for each in account_urls.urlpatterns if each.name in SIGN_IN]
    return [
        each if each.name in NOT_LOCAL else URLPattern(each.pattern, only_local(each.callback), name=each.name)
        for each in known
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
    path("figures/", figures_page, name="figures"),
    path("", include("inventory.urls")),
    path("", include("approvals.urls")),
    path("api/", include("sesgov.api.urls")),
    path("me/", include(_of_accounts())),
    path("me/second-factor/webauthn/login/", only_local(login_webauthn), name="mfa_login_webauthn"),
    path("me/second-factor/", include(mfa_urls.urlpatterns)),
    path("me/company/", sign_in, name="company_sign_in"),
    path("me/company/callback/", callback, name="company_callback"),
    path("me/company/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
]
if settings.SESGOV_DEMO:
    urlpatterns.append(path("demo/", include("sesgov.demo.urls")))

handler400 = "sesgov.errors.not_understood"
handler403 = "sesgov.errors.forbidden"
handler404 = "sesgov.errors.not_found"
handler500 = "sesgov.errors.broken"
