from django.urls import path

from tongban.base.kit.negotiation import MEDIA
from tongban.doors.portal.pages import about, collections, home, knowledge, laws, services

urlpatterns = [
    path("", home.home, name="home"),
    path("services", services.services, name="services"),
    path("services.csv", services.guide_table, name="guide-table"),
    *(path(f"services.{form}", services.guide_rdf, {"form": form}) for form in MEDIA),
    path("services/<slug:service_id>", services.service, name="service"),
    path("events/<slug:event_id>", services.event, name="event"),
    path("collections/<slug:collection_id>", collections.collection, name="collection"),
    path("glossary", knowledge.glossary, name="glossary"),
    path("knowledge/<slug:page_id>", knowledge.page, name="knowledge"),
    path("laws", laws.laws, name="laws"),
    path("laws/<slug:act>", laws.law, name="law"),
    path("accessibility", about.accessibility, name="accessibility"),
    path("privacy", about.privacy, name="privacy"),
    path("api", about.interfaces, name="interfaces"),
    path("language", about.language, name="language"),
    path("theme", about.theme, name="theme"),
    path("brand/seal.svg", about.seal, name="seal"),
]
