from django.apps import AppConfig


class Cases(AppConfig):
    name = "tongban.work.cases"
    label = "cases"
