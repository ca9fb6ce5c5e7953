from django.apps import AppConfig


class Dossier(AppConfig):
    name = "tongban.records.dossier"
    label = "dossier"
