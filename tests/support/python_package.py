"""The Python package with the gRPC code of every service, the workers' too, in a folder of its own."""

import pathlib
import shutil
import subprocess
import sys


def make(root, folder):
    """Puts it first in sys.path."""
    package = folder / "ventral"
    shutil.copytree(root / "client/python/ventral", package, ignore=shutil.ignore_patterns("v1", "__pycache__"))
    protos = sorted(str(file.relative_to(root / "proto")) for file in (root / "proto/ventral/v1").glob("*.proto"))
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-I{root / 'proto'}", f"--python_out={folder}",
                    f"--grpc_python_out={folder}", *protos], check=True)
    (package / "v1/__init__.py").touch()
    sys.path.insert(0, str(pathlib.Path(folder)))
