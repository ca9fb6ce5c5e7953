from django.urls import path

from tongban.work.hotline.pages import assigned, desk, lists, rates, resident

app_name = "hotline"
urlpatterns = [
    path("hotline", resident.hotline, name="hotline"),
    path("hotline/on-behalf", resident.on_behalf, name="on-behalf"),
    path("hotline/tickets", resident.mine, name="mine"),
    path("hotline/tickets/<str:number>", resident.ticket, name="ticket"),
    path("hotline/tickets/<str:number>/answer", resident.answer, name="answer"),
    path("hotline/tickets/<str:number>/reopen", resident.reopen, name="reopen"),
    path("hotline/desk", lists.desk, name="desk"),
    path("hotline/desk.csv", lists.desk_csv, name="desk-csv"),
    path("hotline/desk/<str:number>", desk.ticket, name="desk-ticket"),
    path("hotline/desk/<str:number>/reporter", desk.reporter, name="desk-reporter"),
    path("hotline/desk/<str:number>/<slug:step>", desk.step, name="desk-step"),
    path("hotline/assigned", lists.assigned, name="assigned"),
    path("hotline/assigned.csv", lists.assigned_csv, name="assigned-csv"),
    path("hotline/assigned/<str:number>", assigned.ticket, name="assigned-ticket"),
    path("hotline/assigned/<str:number>/<slug:step>", assigned.step, name="assigned-step"),
    path("hotline/rates", rates.page, name="rates"),
    path("hotline/rates/tickets", rates.behind, name="rates-tickets"),
]
