from django.urls import path

from tongban.base.notices import pages

app_name = "notices"
urlpatterns = [
    path("me/notices", pages.addresses, name="addresses"),
    path("me/notices/<slug:channel>", pages.set_address, name="set"),
    path("me/notices/<slug:channel>/code", pages.confirm, name="confirm"),
    path("me/notices/<slug:channel>/again", pages.ask_again, name="again"),
    path("me/notices/<slug:channel>/remove", pages.remove, name="remove"),
]
