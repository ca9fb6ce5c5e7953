from django.apps import AppConfig


class Peers(AppConfig):
    name = "tongban.base.peers"
    label = "peers"
