from django.apps import AppConfig


class Kit(AppConfig):
    name = "tongban.base.kit"
    label = "kit"
