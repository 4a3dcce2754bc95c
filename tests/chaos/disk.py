"""Folders on disks of their own, which can be filled.

Each is a tmpfs in a mount namespace of this process and its children, which ends with them: nothing stays mounted. That takes
root; where it cannot be had, `available` says why, and faults of full disks are left out with that sentence.
"""

import ctypes
import os
import subprocess

CLONE_NEWNS = 0x00020000
available = None  # why not, once enter_namespace() was called; "" where disks can be had


def enter_namespace():
    """Before any thread or child is made."""
    global available
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        available = f"no mount namespace ({os.strerror(ctypes.get_errno())})"
    elif (made := subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, text=True)).returncode != 0:
        available = f"mounts cannot be made private ({made.stderr.strip()})"
    else:
        available = ""


class Disk:
    def __init__(self, name, folder, megabytes):
        self.name, self.folder, self._size = name, folder, megabytes << 20
        folder.mkdir(parents=True, exist_ok=True)
        self.is_real = available == "" and self._mount("-t", "tmpfs", "-o", f"size={self._size},mode=0711", "tmpfs")

    def fill(self):
        """Not a byte more than what is there now fits."""
        found = os.statvfs(self.folder)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        return self._mount("-o", f"remount,size={max(used, found.f_frsize)}")

    def free(self):
        self._mount("-o", f"remount,size={self._size}")

    def remove(self):
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)

    def _mount(self, *words):
        return subprocess.run(["mount", *words, str(self.folder)], capture_output=True).returncode == 0
