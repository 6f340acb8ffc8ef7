from django.urls import path, re_path

from lianxin.web import views

app_name = "web"

urlpatterns = [
    path("lang/<slug:code>/", views.language, name="language"),
    re_path(r"^elder/(?P<mode>on|off)/$", views.elder, name="elder"),
    path("fresh-token/", views.fresh_token, name="fresh-token"),
    path("puzzle/", views.puzzle, name="puzzle"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/<slug:page>/", views.sample, name="sample"),
]
