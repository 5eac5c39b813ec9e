from django.urls import path

from izker.server.public import views

urlpatterns = [
    path("", views.front, name="front"),
    path("health", views.health, name="health"),
]
