from django.urls import path

from tongban.base.identity import pages

urlpatterns = [
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("me", pages.me, name="me"),
    path("me/acting-for", pages.act_for, name="act-for"),
]
