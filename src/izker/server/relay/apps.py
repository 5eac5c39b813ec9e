from django.apps import AppConfig


class RelayConfig(AppConfig):
    name = "izker.server.relay"
    label = "relay"
