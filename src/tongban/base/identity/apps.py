from django.apps import AppConfig


class Identity(AppConfig):
    name = "tongban.base.identity"
    label = "identity"
