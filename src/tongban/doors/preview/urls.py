from django.urls import include, path

from tongban.doors.preview import pages

urlpatterns = [
    path("", pages.index, name="preview"),
    path("preview/version", pages.version, name="preview-version"),
    path("preview/questions/<slug:event_id>", pages.questions, name="preview-questions"),
    path("", include("tongban.doors.portal.urls")),
]
handler404 = "tongban.doors.portal.errors.not_found"
