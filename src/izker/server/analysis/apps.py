from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "izker.server.analysis"
    label = "analysis"
