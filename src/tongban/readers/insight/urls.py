"""Addresses of indicators and pilots."""

from django.urls import path

from tongban.readers.insight.pages import office, pilots, public

app_name = "insight"
urlpatterns = [
    path("performance", public.overview, name="overview"),
    path("performance/<slug:indicator_id>", public.indicator, name="indicator"),
    path("office/performance", office.overview, name="office-overview"),
    path("office/performance/<slug:indicator_id>", office.indicator, name="office-indicator"),
    path("office/performance/<slug:indicator_id>.csv", office.indicator_csv, name="office-indicator-csv"),
    path("office/pilots", pilots.overview, name="pilots"),
    path("office/pilots/new", pilots.new, name="pilot-new"),
    path("office/pilots/<uuid:pilot_id>", pilots.pilot, name="pilot"),
    path("office/pilots/<uuid:pilot_id>/promote", pilots.decide, {"step": "promote"}, name="pilot-promote"),
    path(
        "office/pilots/<uuid:pilot_id>/withdraw", pilots.decide, {"step": "withdraw"}, name="pilot-withdraw"
    ),
]
