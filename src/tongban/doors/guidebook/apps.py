from django.apps import AppConfig


class Guidebook(AppConfig):
    name = "tongban.doors.guidebook"
    label = "guidebook"
