from django.apps import AppConfig


class Market(AppConfig):
    name = "tongban.work.market"
    label = "market"
