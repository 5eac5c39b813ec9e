from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "izker.server.triage"
    label = "triage"
