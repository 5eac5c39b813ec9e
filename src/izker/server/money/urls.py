from django.urls import path

from izker.server.money import views

urlpatterns = [
    path("cases/<str:number>/holds/ask/", views.ask, name="hold_request"),
    path("cases/<str:number>/holds/decline/", views.decline, name="hold_decline"),
    path("cases/<str:number>/retrace/", views.retrace, name="case_retrace"),
]
