from django.urls import path

from izker.server.relay import views

urlpatterns = [path("requests/", views.queue, name="bank_queue")]
