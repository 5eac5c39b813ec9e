from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "izker.server.public"
    label = "public"
