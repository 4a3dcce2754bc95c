"""Variants of a good archive, each with one thing changed: its records, its JSON, its graph."""

import json
import pathlib
import zipfile

CARD, MODEL, WEIGHTS = "extra/ventral.json", "models/model.json", "data/weights/model_weights_config.json"


def records_of(file: pathlib.Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def write(file: pathlib.Path, records: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in records.items():
            archive.writestr(f"net/{name}", content)


class Crafter:
    """Writes variants of one good archive, each with one thing wrong."""

    def __init__(self, good: pathlib.Path, folder: pathlib.Path):
        self.good, self.folder = good, folder
        folder.mkdir(exist_ok=True)

    def bytes(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def records(self, name: str, change, **options) -> None:
        records = records_of(self.good)
        change(records)
        write(self.folder / name, records, **options)

    def json(self, name: str, record: str, change) -> None:
        def edit(records):
            content = json.loads(records[record])
            change(content)
            records[record] = json.dumps(content).encode()
        self.records(name, edit)

    def graph(self, name: str, change) -> None:
        self.json(name, MODEL, lambda model: change(model["graph_module"]["graph"]))


def node(target: str, inputs: list[dict], output: str = "crafted") -> dict:
    return {"target": f"torch.ops.{target}", "name": output, "metadata": {"nn_module_stack": "k,inner,Early"},
            "inputs": inputs, "outputs": [{"as_tensor": {"name": output}}]}


def named(name: str, **arg) -> dict:
    return {"name": name, "arg": arg, "kind": 1}
