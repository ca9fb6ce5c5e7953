from django.apps import AppConfig


class Catalogue(AppConfig):
    name = "tongban.records.catalogue"
    label = "catalogue"
