from django.apps import AppConfig


class CongressConfig(AppConfig):
    name = "lianxin.congress"
    label = "congress"
