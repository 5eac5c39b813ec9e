from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "izker.server.intake"
    label = "intake"
