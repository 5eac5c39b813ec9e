"""allauth's account and second-factor pages; its policies close what staff do not need (sign-up, e-mail, password by mail)."""

from django.conf.urls.i18n import urlpatterns as language
from django.urls import include, path

urlpatterns = [
    *language,
    path("staff/", include("allauth.account.urls")),
    path("staff/2fa/", include("allauth.mfa.urls")),
]
