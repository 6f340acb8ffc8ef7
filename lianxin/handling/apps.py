from django.apps import AppConfig


class HandlingConfig(AppConfig):
    name = "lianxin.handling"
    label = "handling"
