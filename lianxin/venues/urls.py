from django.urls import path

from lianxin.venues.views import imports, public

app_name = "venues"

urlpatterns = [
    path("venues/", public.venues, name="venues"),
    path("venues/<str:code>/", public.venue, name="venue"),
    path("deputies/<str:code>/", public.deputy, name="deputy"),
    path("staff/imports/", imports.index, name="imports"),
    path("staff/imports/batches/<uuid:batch_id>/", imports.batch, name="import-batch"),
    path("staff/imports/batches/<uuid:batch_id>/apply/", imports.apply, name="import-apply"),
    path("staff/imports/batches/<uuid:batch_id>/discard/", imports.discard, name="import-discard"),
    path("staff/imports/<slug:kind>/", imports.upload, name="import-upload"),
    path("staff/imports/<slug:kind>/template/", imports.template, name="import-template"),
]
