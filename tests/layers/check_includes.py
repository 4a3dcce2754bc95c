"""Holds every #include of the project against the layer table of cmake/Layers.cmake.

Usage: check_includes.py SOURCE_ROOT
Prints one line a violation, "file:line: layer X may not include Y", and exits 1 if there is any.
"""

import pathlib
import re
import sys

# folder → layer; the longest match counts.
FOLDERS = {
    "scoring/base": "base",
    "scoring/pack/build": "packbuild",
    "scoring/pack": "pack",
    "scoring/network": "network",
    "scoring/features": "features",
    "scoring/inference": "inference",
    "scoring/metrics": "metrics",
    "scoring/evaluation": "evaluation",
    "server/store": "store",
    "server/blob": "blob",
    "server/measures": "measures",
    "server/http": "http",
    "server/service": "service",
    "server": "server",
    "client": "client",
    "client/channel": "channel",
    "migrations": "migrate",
    "worker/sandbox": "sandbox",
    "worker/protocol": "protocol",
    "worker/extractor": "extractor",
    "worker/evaluator": "evaluator",
    "worker/daemon": "daemon",
}
# how a third party's headers begin → its name in the table
THIRD_PARTIES = {
    r"(torch|ATen|c10|caffe2)/": "torch",
    r"Eigen/": "eigen",
    r"(grpc|grpcpp|google)/|ventral/v1/": "grpc",
    r"pqxx/|libpq-fe\.h": "pqxx",
    r"spdlog/": "spdlog",
    r"seccomp\.h": "seccomp",
    r"valijson/": "jsonschema",
    r"nlohmann/": "json",
    r"openssl/": "crypto",
    r"(png|pngconf)\.h": "png",
    r"(jpeglib|jerror|turbojpeg)\.h": "jpeg",
    r"csv\.h": "csv",
    r"matio\.h": "matio",
    r"zip\.h": "zip",
    r"curl/": "curl",
    r"pugixml\.hpp": "xml",
    r"httplib\.h": "httplib",
    r"prometheus/": "prometheus",
    r"CLI/": "cli",
    r"zlib\.h": "zlib",
    r"(gtest|gmock)/": "googletest",
}
# Eigen and generated protobuf types stand in public headers, so they reach whoever links these layers.
PUBLIC = {"eigen": "base", "grpc": "proto"}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def read_table(root):
    text = (root / "cmake/Layers.cmake").read_text()
    def rows(kind):
        return {name: set(words.replace('"', "").split())
                for name, words in re.findall(rf"set\(VENTRAL_{kind}_(\w+) ([^)]*)\)", text)}
    return rows("LINKS"), rows("USES")


def layer_of(path):
    fits = [folder for folder in FOLDERS if path == folder or path.startswith(folder + "/")]
    return FOLDERS[max(fits, key=len)] if fits else None


def violations_of(root, file, links, uses):
    relative = file.relative_to(root).as_posix()
    layer = layer_of(relative)
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        target = found.group(1)
        other = layer_of(target)
        if other and other != layer and other not in links[layer]:
            yield f"{relative}:{number}: layer {layer} may not include {target} (layer {other})"
        for pattern, party in THIRD_PARTIES.items():
            if not re.match(pattern, target):
                continue
            allowed = party in uses[layer] or PUBLIC.get(party) in links[layer]
            if not allowed:
                yield f"{relative}:{number}: layer {layer} may not include {target} (third party {party})"
            elif party == "torch" and file.suffix == ".h" and "torch" not in file.stem:
                yield f"{relative}:{number}: torch may stand in sources and in headers named *torch*.h only"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    links, uses = read_table(root)
    files = [f for folder in ("scoring", "server", "client", "worker", "migrations")
             for f in sorted((root / folder).rglob("*")) if f.suffix in (".h", ".cc")]
    if not files:
        sys.exit(f"{root}: no sources found, nothing was checked")
    found = [v for file in files for v in violations_of(root, file, links, uses)]
    print("\n".join(found) if found else f"{len(files)} files keep the layer table")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
