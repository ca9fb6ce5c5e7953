"""Routes of opinions between offices and of inspections."""

from django.urls import path

from tongban.work.cases.pages import consultations, inspections, looking, own_visits

urlpatterns = [
    path("office/cases/<str:number>/consult", consultations.ask, name="office-consult"),
    path("office/consultations", consultations.asked, name="office-consultations"),
    path("office/consultations.csv", consultations.asked_csv, name="office-consultations-csv"),
    path("office/consultations/<uuid:consultation>", consultations.opinion, name="office-opinion"),
    *looking.routes(
        "office/consultations/<uuid:consultation>/files/<uuid:upload_id>",
        consultations.file,
        "office-opinion-file",
    ),
    path("office/cases/<str:number>/inspect", inspections.order, name="office-inspect"),
    path("office/inspections", inspections.listed, name="office-inspections"),
    path("office/inspections.csv", inspections.listed_csv, name="office-inspections-csv"),
    path("office/inspections/<uuid:inspection>", inspections.one, name="office-inspection"),
    path(
        "office/inspections/<uuid:inspection>/confirm", inspections.confirm, name="office-inspection-confirm"
    ),
    path(
        "office/inspections/<uuid:inspection>/replace", inspections.replace, name="office-inspection-replace"
    ),
    path("visits", own_visits.own, name="own-visits"),
    path("visits.csv", own_visits.own_csv, name="own-visits-csv"),
]
