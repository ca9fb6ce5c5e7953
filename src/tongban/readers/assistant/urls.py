"""The address of questions."""

from django.urls import path

from tongban.readers.assistant import pages

app_name = "assistant"
urlpatterns = [path("ask", pages.ask, name="ask")]
