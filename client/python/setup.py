"""Makes the gRPC code of the package from the repository's .proto files whenever the package is built.

pyproject.toml has everything else. The protos are ../../proto in a clone (also one that pip made of a git address), and
proto/ beside this file in a source distribution, which gets a copy of them.
"""

import importlib.metadata
import pathlib
import re
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

_HERE = pathlib.Path(__file__).resolve().parent
# What clients speak; worker.proto is between workers and servers.
_PROTOS = [f"ventral/v1/{name}.proto" for name in ("access", "blob", "job", "model", "pack", "report", "score")]


def proto_folder() -> pathlib.Path:
    for folder in (_HERE / "proto", _HERE.parents[1] / "proto"):
        if (folder / _PROTOS[0]).exists():
            return folder
    raise SystemExit("the .proto files are not there: build from a clone of the repository, or a source distribution")


def dependencies() -> list[str]:
    """Generated code runs with the gRPC and protobuf that it was made for, or newer ones of that major version."""
    made_with = importlib.metadata.requires("grpcio-tools") or []
    return ["torch>=2.13", "numpy", *(need for need in made_with if re.match("(grpcio|protobuf)[<>=~! ]", need))]


class BuildWithProtos(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            self.generate(_HERE)  # an editable package runs from here; .gitignore knows of it
        else:
            self.generate(pathlib.Path(self.build_lib))

    def generate(self, out: pathlib.Path) -> None:
        import grpc_tools
        from grpc_tools import protoc
        included = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        out.mkdir(parents=True, exist_ok=True)
        status = protoc.main(["protoc", f"-I{proto_folder()}", f"-I{included}", f"--python_out={out}",
                              f"--pyi_out={out}", f"--grpc_python_out={out}", *_PROTOS])
        if status != 0:
            raise SystemExit(f"protoc ended with status {status}")
        (out / "ventral/v1/__init__.py").write_text('"""Generated from proto/ventral/v1."""\n')


class SdistWithProtos(sdist):
    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        for name in _PROTOS:
            copy = pathlib.Path(base_dir, "proto", name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(proto_folder() / name, copy)


setup(install_requires=dependencies(), cmdclass={"build_py": BuildWithProtos, "sdist": SdistWithProtos})
