"""The address of what is known about me."""

from django.urls import path

from tongban.records.dossier import pages

app_name = "dossier"
urlpatterns = [
    path("my-data", pages.my_data, name="my_data"),
]
