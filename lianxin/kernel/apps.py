from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "lianxin.kernel"
    label = "kernel"
