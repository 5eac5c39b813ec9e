from django.urls import path

from izker.server.triage import views

urlpatterns = [
    path("triage/", views.rules, name="triage"),
    path("triage/check/", views.check, name="triage_check"),
    path("triage/change/", views.change, name="triage_change"),
    path("cases/<str:number>/called/", views.called, name="victim_call"),
]
