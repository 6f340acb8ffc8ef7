"""A contract for import-linter: nobody enters an app through its front rooms."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FrontRooms(Contract):
    """Views, forms, tasks, api and admin of an app are imported by that app alone, and by
    the few modules that join the apps together."""

    type_name = "front_rooms"

    root = fields.StringField()
    rooms = fields.SetField(subfield=fields.StringField())
    shared = fields.SetField(subfield=fields.StringField(), required=False)
    joiners = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        trespasses = []
        for app in sorted(graph.find_children(self.root)):  # type: ignore[arg-type]
            for room in sorted(self.rooms):  # type: ignore[call-overload]
                front = f"{app}.{room}"
                if front in graph.modules and front not in (self.shared or ()):  # type: ignore[operator]
                    trespasses += self._trespasses(graph, app, front)
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def _trespasses(self, graph: ImportGraph, app: str, front: str) -> list[str]:
        inside = {front} | graph.find_descendants(front)
        return [
            f"{importer} imports {module}"
            for module in sorted(inside)
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not importer.startswith(f"{app}.") and importer not in self.joiners  # type: ignore[operator]
        ]

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["trespasses"]:
            output.print_error(f"- {line}", bold=False)
