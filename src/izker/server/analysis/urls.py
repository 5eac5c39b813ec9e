from django.urls import path

from izker.server.analysis import outlook_views, views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/<int:year>/answer.<str:language>.<str:kind>", views.document, name="figures_document"),
    path("bench/", views.bench, name="bench"),
    path("outlook/", outlook_views.outlook, name="outlook"),
    path("outlook/bulletin.<str:language>.pdf", outlook_views.bulletin, name="bulletin"),
    path("outlook/record/", outlook_views.calibration, name="calibration"),
    path("outlook/new/", outlook_views.clusters, name="clusters"),
    path("outlook/new/<str:number>/", outlook_views.cluster, name="cluster"),
    path("outlook/new/<str:number>/decide/", outlook_views.decide, name="cluster_decide"),
    path("series/", views.series_list, name="series_list"),
    path("series/<str:number>/", views.series, name="series"),
    path("series/<str:number>/change/", views.change, name="series_change"),
    path("review/", views.review, name="review"),
    path("review/<str:number>/", views.correct, name="scheme_correct"),
]
