from django.apps import AppConfig


class Notices(AppConfig):
    name = "tongban.base.notices"
    label = "notices"
