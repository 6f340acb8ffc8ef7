from django.urls import path

from lianxin.venues.views import boards, find, imports, keep, posters, public

app_name = "venues"

urlpatterns = [
    path("find/", find.find, name="find"),
    path("find/result/", find.result, name="find-result"),
    path("find/here/", find.here, name="find-here"),
    path("find/table/<slug:code>/", find.table, name="find-table"),
    path("venues/", public.venues, name="venues"),
    path("venues/<str:code>/", public.venue, name="venue"),
    path("deputies/<str:code>/", public.deputy, name="deputy"),
    path("b/<str:code>/<int:version>/", boards.check, name="board-check"),
    path("desk/boards/", boards.index, name="boards"),
    path("desk/venue/", keep.index, name="keep"),
    path("desk/venue/<str:code>/", keep.venue, name="keep-venue"),
    path("desk/venue/<str:code>/board/<slug:form>/", posters.board, name="board"),
    path("desk/venue/<str:code>/board/<slug:form>/print/", posters.board_print, name="board-print"),
    path("staff/imports/", imports.index, name="imports"),
    path("staff/imports/batches/<uuid:batch_id>/", imports.batch, name="import-batch"),
    path("staff/imports/batches/<uuid:batch_id>/apply/", imports.apply, name="import-apply"),
    path("staff/imports/batches/<uuid:batch_id>/discard/", imports.discard, name="import-discard"),
    path("staff/imports/<slug:kind>/", imports.upload, name="import-upload"),
    path("staff/imports/<slug:kind>/template/", imports.template, name="import-template"),
]
