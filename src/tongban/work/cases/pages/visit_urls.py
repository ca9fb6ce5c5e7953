"""Routes of opinions between offices and of inspections."""

from django.urls import path

from tongban.work.cases.pages import consultations

urlpatterns = [
    path("office/cases/<str:number>/consult", consultations.ask, name="office-consult"),
    path("office/consultations", consultations.asked, name="office-consultations"),
    path("office/consultations.csv", consultations.asked_csv, name="office-consultations-csv"),
    path("office/consultations/<uuid:consultation>", consultations.opinion, name="office-opinion"),
    path(
        "office/consultations/<uuid:consultation>/files/<uuid:upload_id>",
        consultations.file,
        name="office-opinion-file",
    ),
]
