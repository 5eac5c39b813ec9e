from django.urls import path

from izker.server.register import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("cases/", views.cases, name="cases"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/live/", views.trail, name="case_trail"),
    path("cases/<str:number>/reveal/", views.reveal, name="case_reveal"),
    path("cases/<str:number>/register/", views.register, name="case_register"),
]
