from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "lianxin.venues"
    label = "venues"
