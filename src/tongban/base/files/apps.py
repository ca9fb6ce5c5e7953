from django.apps import AppConfig


class Files(AppConfig):
    name = "tongban.base.files"
    label = "files"
