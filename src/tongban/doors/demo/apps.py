from django.apps import AppConfig


class Demo(AppConfig):
    name = "tongban.doors.demo"
    label = "demo"
