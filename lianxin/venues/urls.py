from django.urls import path

from lianxin.venues.views import boards, find, imports, keep, keep_deputies, posters, public

app_name = "venues"

urlpatterns = [
    path("find/", find.find, name="find"),
    path("find/result/", find.result, name="find-result"),
    path("find/here/", find.here, name="find-here"),
    path("find/table/<slug:code>/", find.table, name="find-table"),
    path("venues/", public.venues, name="venues"),
    path("venues/<str:code>/", public.venue, name="venue"),
    path("venues/<str:code>/about/", public.about, name="about"),
    path("deputies/<str:code>/", public.deputy, name="deputy"),
    path("b/<str:code>/<int:version>/", boards.check, name="board-check"),
    path("desk/boards/", boards.index, name="boards"),
    path("desk/venue/", keep.index, name="keep"),
    path("desk/venue/<str:code>/", keep.venue, name="keep-venue"),
    path("desk/venue/<str:code>/facts/", keep.facts, name="keep-facts"),
    path("desk/venue/<str:code>/rows/<slug:kind>/new/", keep.row, name="keep-new"),
    path("desk/venue/<str:code>/rows/<slug:kind>/<uuid:row_id>/", keep.row, name="keep-row"),
    path(
        "desk/venue/<str:code>/rows/<slug:kind>/<uuid:row_id>/remove/",
        keep.remove,
        name="keep-remove",
    ),
    path("desk/venue/<str:code>/rows/<slug:kind>/<uuid:row_id>/up/", keep.up, name="keep-up"),
    path("desk/venue/<str:code>/activities/<uuid:row_id>/held/", keep.held, name="keep-held"),
    path("desk/venue/<str:code>/activities/<uuid:row_id>/cancel/", keep.cancel, name="keep-cancel"),
    path("desk/venue/<str:code>/checks/<slug:point>/", keep.check, name="keep-check"),
    path(
        "desk/venue/<str:code>/photos/<uuid:attachment_id>/remove/",
        keep.remove_photo,
        name="keep-photo-remove",
    ),
    path("desk/venue/<str:code>/deputies/add/", keep_deputies.add, name="keep-deputy-add"),
    path(
        "desk/venue/<str:code>/deputies/<uuid:stationing_id>/end/",
        keep_deputies.end,
        name="keep-deputy-end",
    ),
    path(
        "desk/venue/<str:code>/deputies/<uuid:deputy_id>/photo/",
        keep_deputies.portrait,
        name="keep-portrait",
    ),
    path(
        "desk/venue/<str:code>/deputies/<uuid:deputy_id>/photo/remove/",
        keep_deputies.remove_portrait,
        name="keep-portrait-remove",
    ),
    path("desk/venue/<str:code>/grids/add/", keep_deputies.bind, name="keep-grid-add"),
    path(
        "desk/venue/<str:code>/grids/<uuid:binding_id>/end/",
        keep_deputies.unbind,
        name="keep-grid-end",
    ),
    path("desk/venue/<str:code>/board/<slug:form>/", posters.board, name="board"),
    path("desk/venue/<str:code>/board/<slug:form>/print/", posters.board_print, name="board-print"),
    path("staff/imports/", imports.index, name="imports"),
    path("staff/imports/batches/<uuid:batch_id>/", imports.batch, name="import-batch"),
    path("staff/imports/batches/<uuid:batch_id>/apply/", imports.apply, name="import-apply"),
    path("staff/imports/batches/<uuid:batch_id>/discard/", imports.discard, name="import-discard"),
    path("staff/imports/<slug:kind>/", imports.upload, name="import-upload"),
    path("staff/imports/<slug:kind>/template/", imports.template, name="import-template"),
]
