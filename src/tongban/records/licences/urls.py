"""Addresses of the wallet and of verification."""

from django.urls import path

from tongban.records.licences import evidence_urls, pages

app_name = "licences"
urlpatterns = [
    path("licences", pages.wallet, name="wallet"),
    path("licences/<uuid:licence_id>", pages.licence, name="licence"),
    path("licences/<uuid:licence_id>/file", pages.download, name="download"),
    path("verify", pages.verify, name="verify"),
    path("verify/<str:code>", pages.verify_code, name="verify_code"),
    path("trust-list.json", pages.trust_list, name="trust_list"),
    *evidence_urls.urlpatterns,
]
