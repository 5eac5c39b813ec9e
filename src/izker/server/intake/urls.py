from django.urls import path

from izker.server.intake import views

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/done/<str:ticket>/", views.done, name="report_done"),
]
