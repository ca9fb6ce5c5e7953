from django.apps import AppConfig


class Insight(AppConfig):
    name = "tongban.readers.insight"
    label = "insight"
