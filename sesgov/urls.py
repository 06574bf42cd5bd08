"""The addresses of the whole site; each app brings its own list."""

from allauth.account import urls as account_urls
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from sesgov.dashboard import dashboard
from sesgov.figures.page import figures_page

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

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
    path("figures/", figures_page, name="figures"),
    path("", include("inventory.urls")),
    path("api/", include("sesgov.api.urls")),
    path("me/", include([each for each in account_urls.urlpatterns if each.name in SIGN_IN])),
]
if settings.SESGOV_DEMO:
    urlpatterns.append(path("demo/", include("sesgov.demo.urls")))

handler400 = "sesgov.errors.not_understood"
handler403 = "sesgov.errors.forbidden"
handler404 = "sesgov.errors.not_found"
handler500 = "sesgov.errors.broken"
