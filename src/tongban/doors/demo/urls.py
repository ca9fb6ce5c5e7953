from django.urls import path

from tongban.doors.demo import pages

urlpatterns = [
    path("demo", pages.people, name="demo"),
    path("demo/enter", pages.enter, name="demo-enter"),
]
