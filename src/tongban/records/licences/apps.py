from django.apps import AppConfig


class Licences(AppConfig):
    name = "tongban.records.licences"
    label = "licences"
