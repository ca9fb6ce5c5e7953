from django.apps import AppConfig


class Hotline(AppConfig):
    name = "tongban.work.hotline"
    label = "hotline"
