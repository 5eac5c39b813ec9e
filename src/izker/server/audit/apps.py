from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "izker.server.audit"
    label = "audit"
