from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "izker.server.registry"
    label = "registry"
