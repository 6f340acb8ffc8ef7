from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "lianxin.reception"
    label = "reception"
