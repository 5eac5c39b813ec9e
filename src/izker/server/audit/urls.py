from django.urls import path

from izker.server.audit import views

urlpatterns = [path("audit/", views.journal, name="audit")]
