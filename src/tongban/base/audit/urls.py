"""Routes of auditors."""

from django.urls import path

from tongban.base.audit import pages

app_name = "audit"
urlpatterns = [
    path("audit", pages.entries, name="entries"),
    path("audit/entries.csv", pages.entries_csv, name="csv"),
    path("audit/chains", pages.chains, name="chains"),
    path("audit/chains/<uuid:chain_id>", pages.chain_page, name="chain"),
    path("audit/seals", pages.seals, name="seals"),
    path("audit/seals/<int:number>", pages.seal, name="seal"),
    path("audit/verify", pages.verify_everything, name="verify"),
]
