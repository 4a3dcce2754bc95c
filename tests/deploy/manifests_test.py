"""deploy/ keeps what it promises; and each promise, broken in a copy, is missed.

Usage: manifests_test.py SOURCE_ROOT BIN_DIR
"""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import manifests  # noqa: E402

# file under deploy/, what stands there, what is put in its place (everywhere), what must be said.
BROKEN = [
    ("images/Dockerfile", "@sha256:", "@sha256-", "VENTRAL_BASE is not pinned"),
    ("images/Dockerfile", "FROM ${VENTRAL_BASE} AS runtime", "FROM debian:latest AS runtime", "stage runtime is made from debian:latest"),
    ("images/Dockerfile", "USER 10001:10001", "USER root", "server does not run as a user"),
    ("images/Dockerfile", 'CMD ["ventral", "health"]', 'CMD ["ventral", "heath"]', "ventral has no command heath"),
    ("images/Dockerfile", "VENTRAL_BLOBS=", "VENTRAL_BLOB=", "no program of ventral-server reads VENTRAL_BLOB"),
    ("compose/compose.yaml", "read_only: true", "read_only: false", "worker may write its root file system"),
    ("compose/compose.yaml", 'user: "10001:10001"', 'user: "0:0"', "server runs as root"),
    ("compose/compose.yaml", "--insecure-listen]", "--insecure]", "ventral-server has no option --insecure"),
    ("compose/compose.yaml", "VENTRAL_INSECURE:", "VENTRAL_UNSAFE:", "no program of ventral-worker reads VENTRAL_UNSAFE"),
    ("compose/compose.yaml", "127.0.0.1:${VENTRAL_PORT", "${VENTRAL_PORT", "the server is published at"),
    ("compose/compose.yaml", "networks: [workers]", "networks: [workers, outside]", "workers reach more"),
    ("compose/compose.yaml", "15.19-bookworm@sha256:", "15-", "postgres has an image that is not pinned"),
    ("compose/compose.tls.yaml", "--tls-name", "--name", "ventral has no option --name"),
    ("kubernetes/base/server.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write its root"),
    ("kubernetes/base/server.yaml", "runAsNonRoot: true", "runAsNonRoo: true", "Additional properties are not allowed"),
    ("kubernetes/base/server.yaml", "readinessProbe:", "livenessProb:", "has no probes"),
    ("kubernetes/base/network.yaml", "policyTypes: [Ingress, Egress]\n  egress:\n    - to:\n        - podSelector:",
     "policyTypes: [Ingress, Egress]\n  egress:\n    - to:\n        - namespaceSelector: {}\n        - podSelector:", "workers reach more"),
    ("kubernetes/base/network.yaml", 'ventral-metrics: "yes"', 'ventral-metrics: "no"', "the server is reached by"),
    ("kubernetes/base/network.yaml", "port: 7412", "port: 7411", "the server is reached by"),
    ("kubernetes/components/worker/worker.yaml", "--drain-seconds", "--drain", "ventral-worker has no option --drain"),
    ("kubernetes/components/worker/worker.yaml", "capabilities: {drop: [ALL]}", "capabilities: {drop: [NET_RAW]}", "privileges"),
    ("kubernetes/components/tls/kustomization.yaml", "VENTRAL_TLS_CA", "VENTRAL_CA", "no program of ventral-worker reads VENTRAL_CA"),
    ("compose/compose.s3.yaml", "VENTRAL_S3_REGION:", "VENTRAL_S3_PLACE:", "no program of ventral-server reads VENTRAL_S3_PLACE"),
    ("kubernetes/components/s3/kustomization.yaml", "name: VENTRAL_S3_CREDENTIALS", "name: VENTRAL_S3_KEYS", "reads VENTRAL_S3_KEYS"),
    ("kubernetes/components/s3/kustomization.yaml", "persistentVolumeClaim: null", "persistentVolumeClaim: {claimName: x}", "share a volume"),
    ("kubernetes/components/s3/network.yaml", "port: 443", "port: 80", "does not reach the bucket"),
    ("kubernetes/components/tls/kustomization.yaml", "containers/0/args", "containers/1/args", "overlays/tls cannot be resolved"),
    ("kubernetes/restore/pod.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write its root"),
    ("kubernetes/restore/pod.yaml", "claimName: ventral-blobs", "claimName: ventral-blob", "has not the servers' volume"),
    ("compose/compose.yaml", "logging: *logging", "", "postgres may fill the disk with its log"),
    ("kubernetes/components/worker/worker.yaml", "--max-memory, 8GiB", "--memory-budget, 4GiB", "may get all memory of its container"),
    ("kubernetes/components/worker/worker.yaml", "--max-cache-bytes, 8GiB", "--max-cache-bytes, 18GiB", "leaves no room for a job"),
]


def said_of(root, programs, file):
    """By the checks that read this file."""
    if file.startswith("images/"):
        return list(manifests.check_dockerfile(root, programs))
    if file.startswith("compose/"):
        return list(manifests.check_compose(root, programs))
    if file.startswith("kubernetes/restore"):
        return list(manifests.check_restore(root, programs))
    return list(manifests.check_kubernetes(root, programs, [next((name for name in ("tls", "s3") if f"components/{name}" in file), "cpu")]))


def main():
    root, folder = sys.argv[1:3]
    programs = manifests.Programs(folder)
    wrong = list(manifests.problems(root, programs))
    kustomize = shutil.which("kubectl")
    if not kustomize:
        print("kubectl is not here: the Kubernetes overlays are not checked")
    seen = 0
    with tempfile.TemporaryDirectory(prefix="ventral-deploy-") as scratch:
        for file, old, new, says in BROKEN:
            if file.startswith("kubernetes/") and not kustomize:
                continue
            shutil.copytree(pathlib.Path(root, "deploy"), pathlib.Path(scratch, "deploy"), dirs_exist_ok=True)
            broken = pathlib.Path(scratch, "deploy", file)
            text = broken.read_text()
            broken.write_text(text.replace(old, new))
            said = said_of(scratch, programs, file)
            if old not in text or not any(says in line for line in said):
                wrong.append(f"not missed: {file} with {new!r} for {old!r} should give {says!r}, and gives {said}")
            seen += 1
    for line in wrong:
        print(f"FAILED: {line}")
    print(f"{seen} broken copies looked at")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
