"""Addresses of evidence: for people, and for other nodes."""

from django.urls import path

from tongban.records.licences import evidence_consent_pages as consent_pages
from tongban.records.licences import evidence_exchange as exchange
from tongban.records.licences import evidence_pages as pages

urlpatterns = [
    path("evidence", pages.overview, name="evidence"),
    path("evidence/ask", pages.ask, name="evidence_ask"),
    path("evidence/<uuid:request_id>", pages.request_page, name="evidence_request"),
    path("evidence/<uuid:request_id>/collect", pages.collect, name="evidence_collect"),
    path("evidence/consent/<uuid:request_id>", consent_pages.consent, name="evidence_consent"),
    path("evidence/consent/<uuid:request_id>/answer", consent_pages.answer, name="evidence_answer"),
    path("peer/trust-list", exchange.trust_list, name="evidence_trust_list"),
    path("peer/evidence/requests", exchange.announce, name="evidence_announce"),
    path("peer/evidence/collect", exchange.collect, name="evidence_hand_over"),
]
