from django.apps import AppConfig


class Policies(AppConfig):
    name = "tongban.work.policies"
    label = "policies"
