"""Who listens to whom: the one place where a lower app's event meets an upper app's handler."""


def join() -> None:
    """Subscribes every handler. Called once, when all apps are loaded."""
