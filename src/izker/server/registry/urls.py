from django.urls import path

from izker.server.registry import views

urlpatterns = [
    path("registry/", views.entries, name="registry"),
    path("registry/add/", views.add, name="registry_add"),
    path("registry/<str:number>/", views.entry, name="registry_entry"),
    path("registry/<str:number>/extend/", views.extend, name="registry_extend"),
    path("registry/<str:number>/withdraw/", views.withdraw, name="registry_withdraw"),
    path("registry/<str:number>/appeal/", views.appeal, name="registry_appeal"),
    path("registry/<str:number>/decide/", views.decide, name="registry_decide"),
    path("registry/<str:number>/undo/", views.undo, name="registry_undo"),
    path("registry/<str:number>/reveal/", views.reveal, name="registry_reveal"),
]
