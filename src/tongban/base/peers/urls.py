"""Addresses for other nodes."""

from django.urls import path

from tongban.base.peers import pages

app_name = "peers"
urlpatterns = [
    path("peer.json", pages.card, name="card"),
    path("peer/packs", pages.packs, name="packs"),
    path("peer/packs/<slug:layer>", pages.layer, name="layer"),
]
