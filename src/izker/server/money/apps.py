from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "izker.server.money"
    label = "money"
