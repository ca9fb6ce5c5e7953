from django.apps import AppConfig


class Audit(AppConfig):
    name = "tongban.base.audit"
    label = "audit"
