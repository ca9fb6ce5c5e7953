from django.urls import include, path

from tongban.doors.guidebook import pages

urlpatterns = [
    path("", pages.contents, name="contents"),
    path("", include("tongban.doors.portal.urls")),
]
