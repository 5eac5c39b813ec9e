from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "izker.server.register"
    label = "register"
