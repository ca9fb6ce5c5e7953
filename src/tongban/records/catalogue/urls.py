"""Addresses of the catalogue. The words before `<slug>` are no ids of resources."""

from django.urls import path

from tongban.records.catalogue.pages import corrections, grants, public, requests, steps

FORMS = ("ttl", "jsonld", "rdf")

app_name = "catalogue"
urlpatterns = [
    path("catalogue", public.overview, name="overview"),
    path("catalogue.csv", public.overview_csv, name="csv"),
    *(path(f"catalogue.{form}", public.overview_rdf, {"form": form}, name=form) for form in FORMS),
    path("catalogue/requests", requests.listing, name="requests"),
    path("catalogue/requests.csv", requests.listing_csv, name="requests-csv"),
    path("catalogue/requests/new", requests.new, name="new"),
    path("catalogue/requests/<slug:number>", requests.one, name="request"),
    path("catalogue/requests/<slug:number>/decide", steps.decide, name="decide"),
    *(
        path(f"catalogue/requests/<slug:number>/{name}", steps.step, {"name": name}, name=f"step-{name}")
        for name in steps.STEPS
    ),
    path("catalogue/grants", grants.listing, name="grants"),
    path("catalogue/grants/<uuid:grant_id>", grants.one, name="grant"),
    path("catalogue/grants/<uuid:grant_id>/revoke", grants.revoke, name="revoke"),
    path("catalogue/corrections", corrections.listing, name="corrections"),
    path("catalogue/corrections/new", corrections.new, name="correction-new"),
    path("catalogue/corrections/<slug:number>", corrections.one, name="correction"),
    path("catalogue/<slug:resource_id>", public.resource, name="resource"),
    *(
        path(
            f"catalogue/<slug:resource_id>.{form}",
            public.resource_rdf,
            {"form": form},
            name=f"resource-{form}",
        )
        for form in FORMS
    ),
    path("catalogue/<slug:resource_id>/log/<int:year>-<int:month>", public.log, name="log"),
]
