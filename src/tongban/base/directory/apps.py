from django.apps import AppConfig


class Directory(AppConfig):
    name = "tongban.base.directory"
    label = "directory"
