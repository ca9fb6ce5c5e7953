from django.apps import AppConfig


class Preview(AppConfig):
    name = "tongban.doors.preview"
    label = "preview"
