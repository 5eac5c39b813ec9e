from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "izker.server.accounts"
    label = "accounts"
