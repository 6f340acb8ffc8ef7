from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "lianxin.config"
    label = "config"

    def ready(self) -> None:
        from lianxin.config import checks, wiring  # noqa: F401  (checks register themselves)

        wiring.join()
