"""What deploy/ promises of images, compose files and Kubernetes manifests, read from the files and held against the programs.

Each check_… yields a sentence for what is wrong: nothing is pinned, a container may do more than it needs, no probe, a flag or variable that
no program has.
"""

import functools
import json
import pathlib
import re
import shutil
import subprocess

import kubernetes_validate
import yaml

TARGETS = {"ventral-server": "server", "ventral-migrate": "migrate", "ventral-worker": "worker", "ventral-worker-cuda": "worker-cuda"}
# What reads a container's variables: its program, and `ventral`, which probes it and is typed in it.
READERS = {"ventral-server": ("ventral-server", "ventral"), "ventral-migrate": ("ventral-migrate",),
           "ventral-worker": ("ventral-worker", "ventral"), "ventral-worker-cuda": ("ventral-worker", "ventral")}
OVERLAYS = ("cpu", "gpu", "tls", "s3")
# Who reaches which port of the server in a cluster: gRPC for workers, both for clients, measures for Prometheus.
SERVER_IS_REACHED = {
    '{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "ventral-worker"}}}': [7411],
    '{"namespaceSelector": {"matchLabels": {"ventral-clients": "yes"}}}': [7411, 7412],
    '{"namespaceSelector": {"matchLabels": {"ventral-metrics": "yes"}}}': [7412],
}
PINNED = re.compile(r"@sha256:[0-9a-f]{64}\b")


class Loader(yaml.SafeLoader):
    """YAML with compose's own tags."""


Loader.add_constructor("!override", lambda loader, node: loader.construct_sequence(node, deep=True))


class Programs:
    """What the built programs say of their options."""

    def __init__(self, folder):
        self.folder = folder

    @functools.lru_cache(maxsize=None)
    def help(self, *words):
        return subprocess.run([pathlib.Path(self.folder, words[0]), *words[1:], "--help"], capture_output=True, text=True, timeout=30,
                              check=True).stdout

    def wrong(self, command, where):
        """Of a command line such as ["ventral", "health", "--tls-ca", "x"]: flags and subcommands that are not in its help."""
        program = command[0]
        words = [word for word in command[1:2] if re.fullmatch("[a-z]+", word)]
        known = self.help(program) + "".join(self.help(program, word) for word in words if re.search(rf"^  {word} ", self.help(program), re.M))
        for word in words:
            if not re.search(rf"^  {word} ", self.help(program), re.M):
                yield f"{where}: {program} has no command {word}"
        for flag in (word.split("=")[0] for word in command[1:] if word.startswith("--")):
            if not re.search(rf"^  (-\w,)?{re.escape(flag)}[ ,]", known, re.M):
                yield f"{where}: {program} has no option {flag}"

    def unread(self, variables, image, where):
        """VENTRAL_… variables that nothing in the image reads."""
        text = " ".join(self.help(program) for program in READERS[image])
        for name in variables:
            if name.startswith("VENTRAL_") and not re.search(rf"\b{name}\b", text):
                yield f"{where}: no program of {image} reads {name}"


def stages(dockerfile):
    """Name → lines of each stage, joined where a backslash ends them."""
    found, name = {}, None
    for line in re.sub(r"\\\n\s*", "", dockerfile).splitlines():
        start = re.match(r"FROM (\S+) AS (\S+)", line)
        if start:
            name = start[2]
            found[name] = []
        if name and line and not line.startswith("#"):
            found[name].append(line)
    return found


def check_dockerfile(root, programs):
    text = pathlib.Path(root, "deploy/images/Dockerfile").read_text()
    base = re.search(r"^ARG VENTRAL_BASE=(\S+)", text, re.M)
    if not base or not PINNED.search(base[1]):
        yield "Dockerfile: VENTRAL_BASE is not pinned by a digest"
    if len(PINNED.findall(text)) != 1:
        yield "Dockerfile: the base's digest stands in more than one place"
    all_stages = stages(text)
    for name, lines in all_stages.items():
        source = lines[0].split()[1]
        if source != "${VENTRAL_BASE}" and source not in all_stages:
            yield f"Dockerfile: stage {name} is made from {source}, which is neither VENTRAL_BASE nor a stage"
    for image, target in TARGETS.items():
        lines = all_stages.get(target, [])
        users = [line.split()[1] for line in lines if line.startswith("USER ")]
        if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
            yield f"Dockerfile: {target} does not run as a user with a number that is not root's"
        if not any(line.startswith("HEALTHCHECK ") for line in lines):
            yield f"Dockerfile: {target} says nothing of its health"
        if not any(line.startswith("LABEL org.opencontainers.image.title") for line in lines):
            yield f"Dockerfile: {target} has no title"
        if not any("install_packages.sh /opt/ventral" in line for line in lines):
            yield f"Dockerfile: {target} gets no bill of materials"
        for line in lines:
            if line.startswith(("ENTRYPOINT ", "HEALTHCHECK ")) and "[" in line:
                words = [word for word in yaml.safe_load(line[line.index("["):]) if word not in ("tini", "--")]
                yield from programs.wrong(words, f"Dockerfile, {target}")
            if line.startswith("ENV "):
                yield from programs.unread(re.findall(r"(VENTRAL_\w+)=", line), image, f"Dockerfile, {target}")


def image_of(reference):
    """ventral-server of ${VENTRAL_IMAGES:-}ventral-server:${VENTRAL_TAG:-0.1.0}; None for another's image."""
    name = re.search(r"(ventral-[a-z-]+):", reference + ":")
    return name[1] if name else None


def check_compose(root, programs):
    folder = pathlib.Path(root, "deploy/compose")
    base = yaml.load((folder / "compose.yaml").read_text(), Loader)
    for name, service in base["services"].items():
        yield from check_sealed(name, service)
    if base["services"]["worker"]["networks"] != ["workers"] or not (base["networks"]["workers"] or {}).get("internal"):
        yield "compose: workers reach more than the server's network"
    if "workers" in base["services"]["postgres"]["networks"]:
        yield "compose: workers reach the database"
    for port in base["services"]["server"]["ports"]:
        if not port.startswith("127.0.0.1:"):
            yield f"compose: without TLS, the server is published at {port}"
    for file in sorted(folder.glob("compose*.yaml")):
        for name, service in yaml.load(file.read_text(), Loader)["services"].items():
            yield from check_service_words(name, {**base["services"].get(name, {}), **service}, programs, f"{file.name}, {name}")


def check_sealed(name, service):
    user = str(service.get("user", "0")).split(":")[0]
    if user in ("0", "root"):
        yield f"compose: {name} runs as root"
    if service.get("read_only") is not True:
        yield f"compose: {name} may write its root file system"
    if service.get("cap_drop") != ["ALL"] or service.get("cap_add") or service.get("privileged"):
        yield f"compose: {name} keeps capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield f"compose: {name} may get new privileges"
    if image_of(service["image"]) not in TARGETS and not PINNED.search(service["image"]):
        yield f"compose: {name} has an image that is not pinned: {service['image']}"
    if service.get("restart") and not service.get("healthcheck", {}).get("test"):
        yield f"compose: {name} goes on for ever and has no health check"
    if service.get("restart") and "max-size" not in service.get("logging", {}).get("options", {}):
        yield f"compose: {name} may fill the disk with its log"


def check_service_words(name, service, programs, where):
    image = image_of(service["image"])
    if image not in TARGETS:
        return
    if "entrypoint" not in service:
        program = READERS[image][0]
        yield from programs.wrong([program, *service.get("command", [])], where)
    test = (service.get("healthcheck") or {}).get("test")
    if test:
        yield from programs.wrong(test[1:], where)
    yield from programs.unread(service.get("environment", {}), image, where)


def resolved(root, folder):
    """The objects of a folder below deploy/kubernetes, by kustomize."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        return None
    done = subprocess.run([kubectl, "kustomize", pathlib.Path(root, "deploy/kubernetes", folder)], capture_output=True, text=True,
                          timeout=60)
    if done.returncode != 0:
        raise ValueError(f"{folder} cannot be resolved: {done.stderr}")
    return [item for item in yaml.safe_load_all(done.stdout) if item]


def check_kubernetes(root, programs, overlays=OVERLAYS):
    for overlay in overlays:
        try:
            objects = resolved(root, f"overlays/{overlay}")
        except ValueError as error:
            yield str(error)
            continue
        for item in objects or []:
            where = f"overlay {overlay}, {item['kind']} {item['metadata']['name']}"
            yield from check_schema(item, where)
            template = item.get("spec", {}).get("template", {}).get("spec")
            if template:
                yield from check_pod(template, item["kind"] == "Deployment", programs, where)
            if item["kind"] == "Deployment" and item["metadata"]["name"] == "ventral-worker":
                yield from check_room(template, where)
        if objects is not None:
            yield from check_network(objects, f"overlay {overlay}")
            if overlay == "s3":
                yield from check_bucket(objects, f"overlay {overlay}")


def check_restore(root, programs):
    """A pod that nobody calls, with the servers' volume."""
    for item in resolved(root, "restore") or []:
        where = f"restore, {item['kind']} {item['metadata']['name']}"
        yield from check_schema(item, where)
        yield from check_pod(item["spec"], False, programs, where)
        if item["metadata"]["labels"]["app.kubernetes.io/name"] == "ventral-server":
            yield f"{where}: is called as a server"
        if not any(volume.get("persistentVolumeClaim") == {"claimName": "ventral-blobs"} for volume in item["spec"]["volumes"]):
            yield f"{where}: has not the servers' volume"


def check_schema(item, where):
    if item["apiVersion"].startswith("keda.sh/"):
        return  # not Kubernetes' own
    try:
        kubernetes_validate.validate(item, "1.31", strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{where}: {error.message}"


def check_pod(pod, goes_on, programs, where):
    """The profile `restricted` of Kubernetes' pod security, and a root file system that nobody writes."""
    context = pod.get("securityContext", {})
    if not context.get("runAsNonRoot") or not context.get("runAsUser"):
        yield f"{where}: may run as root"
    if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{where}: has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False or pod.get("enableServiceLinks") is not False:
        yield f"{where}: gets a service account's token, or variables of other services"
    if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        yield f"{where}: shares the host's namespaces"
    for container in pod["containers"] + pod.get("initContainers", []):
        here = f"{where}, {container['name']}"
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities") != {"drop": ["ALL"]} or own.get("privileged"):
            yield f"{here}: has or may get privileges"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{here}: may write its root file system"
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get("requests", {})):
            yield f"{here}: requests no processor or memory"
        yield from check_words(container, programs, here)
    if goes_on:
        for container in pod["containers"]:
            if not {"startupProbe", "readinessProbe"} <= set(container):
                yield f"{where}, {container['name']}: has no probes"


def gibibytes(text):
    return float(re.fullmatch(r"(\d+)(GiB|Gi)", text)[1])


def check_room(pod, where):
    """A job that needs much must fail by itself: what a container takes too much of, memory or disk, ends the worker with it."""
    container = pod["containers"][0]
    options = dict(zip(container["args"][::2], container["args"][1::2]))
    if gibibytes(options.get("--max-memory", "1000GiB")) > gibibytes(container["resources"]["limits"]["memory"]) / 2:
        yield f"{where}: a job may get all memory of its container"
    cache = next(volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"] if volume["name"] == "cache")
    if gibibytes(options["--max-cache-bytes"]) > gibibytes(cache) / 2:
        yield f"{where}: the cache leaves no room for a job"


def check_words(container, programs, where):
    image = image_of(container["image"])
    if image not in TARGETS or not re.search(r":\d", container["image"]):
        yield f"{where}: {container['image']} is none of our images, or has no version"
        return
    yield from programs.wrong([READERS[image][0], *container.get("args", [])], where)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = container.get(probe, {}).get("exec", {}).get("command")
        if command:
            yield from programs.wrong(command, f"{where}, {probe}")
    yield from programs.unread([variable["name"] for variable in container.get("env", [])], image, where)


def check_network(objects, where):
    policies = {item["metadata"]["name"]: item["spec"] for item in objects if item["kind"] == "NetworkPolicy"}
    closed = policies.get("nothing", {})
    if closed.get("podSelector") != {} or set(closed.get("policyTypes", [])) != {"Ingress", "Egress"} or "egress" in closed:
        yield f"{where}: what no policy names is not closed"
    to = policies.get("worker", {}).get("egress", [])
    if [rule.get("to") for rule in to] != [[{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "ventral-server"}}}]]:
        yield f"{where}: workers reach more than the server"
    if policies.get("worker", {}).get("ingress"):
        yield f"{where}: workers are reached"
    reached = {json.dumps(source, sort_keys=True): [port["port"] for port in rule["ports"]]
               for rule in policies.get("server", {}).get("ingress", []) for source in rule.get("from", [{}])}
    if reached != SERVER_IS_REACHED:
        yield f"{where}: the server is reached by {reached}, and not by {SERVER_IS_REACHED}"


def check_bucket(objects, where):
    """Servers without a volume that they would have to share, and with a way to the bucket."""
    server = next(item for item in objects if item["kind"] == "Deployment" and item["metadata"]["name"] == "ventral-server")["spec"]
    if any(item["kind"] == "PersistentVolumeClaim" for item in objects) or any(
            "persistentVolumeClaim" in volume for volume in server["template"]["spec"]["volumes"]):
        yield f"{where}: servers share a volume"
    variables = {variable["name"]: variable for variable in server["template"]["spec"]["containers"][0]["env"]}
    for name in ("VENTRAL_BLOBS", "VENTRAL_S3_CREDENTIALS", "VENTRAL_ADMIN_TOKEN_FILE"):
        if name not in variables:
            yield f"{where}: the server is not told {name}"
    if any("SECRET" in name or "TOKEN" == name.split("_")[-1] for name in variables):
        yield f"{where}: a secret is in the environment"
    if server["replicas"] < 2:
        yield f"{where}: one server alone"
    ways = [port for item in objects if item["kind"] == "NetworkPolicy" and item["spec"]["podSelector"] == {
        "matchLabels": {"app.kubernetes.io/name": "ventral-server"}} for rule in item["spec"].get("egress", []) for port in rule["ports"]]
    if {"protocol": "TCP", "port": 443} not in ways:
        yield f"{where}: the server does not reach the bucket"


def problems(root, programs):
    yield from check_dockerfile(root, programs)
    yield from check_compose(root, programs)
    yield from check_kubernetes(root, programs)
    yield from check_restore(root, programs)
