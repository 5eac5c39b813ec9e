from django.urls import path

from izker.server.analysis import views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/<int:year>/answer.<str:language>.<str:kind>", views.document, name="figures_document"),
    path("bench/", views.bench, name="bench"),
    path("outlook/", views.outlook, name="outlook"),
    path("outlook/bulletin.<str:language>.pdf", views.bulletin, name="bulletin"),
    path("series/", views.series_list, name="series_list"),
    path("series/<str:number>/", views.series, name="series"),
    path("series/<str:number>/change/", views.change, name="series_change"),
    path("review/", views.review, name="review"),
    path("review/<str:number>/", views.correct, name="scheme_correct"),
]
