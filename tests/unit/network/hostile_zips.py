"""Archives that lie about themselves."""

import io
import struct
import zipfile

from craft import MODEL, Crafter, records_of

GIGABYTE = 1 << 30


def write(craft: Crafter) -> None:
    craft.records("absolute.pt2", lambda records: None)
    good = (craft.folder / "absolute.pt2").read_bytes()
    craft.bytes("absolute.pt2", renamed(good, b"/etc/passwd"))
    craft.bytes("backslash.pt2", renamed(good, b"net\\..\\..\\x"))
    craft.bytes("zero_in_name.pt2", renamed(good, b"net/models\0"))
    craft.bytes("two_folders.pt2", renamed(good, b"other/models"))
    craft.bytes("twice.pt2", renamed(good, b"net/byteorder"))
    directory = good.index(b"PK\x01\x02")
    craft.bytes("encrypted.pt2", good[:directory + 8] + b"\x01" + good[directory + 9:])
    craft.bytes("zip64_lie.pt2", with_zip64(good, directory, 1 << 60))
    craft.bytes("far_directory.pt2", with_end(good, offset=len(good) + 1))
    craft.bytes("more_entries.pt2", with_end(good, entries=1000))
    path = craft.folder / "gigabyte_of_nodes.pt2"
    sparse(path, records_of(craft.good))


def renamed(good: bytes, name: bytes) -> bytes:
    """With one more record, empty and of this name, whatever Python's writer thinks of it."""
    placeholder = b"?" * len(name)
    file = io.BytesIO(good)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(placeholder.decode(), b"")
    return file.getvalue().replace(placeholder, name)


def with_end(good: bytes, entries: int | None = None, offset: int | None = None) -> bytes:
    end = bytearray(good[-22:])
    if entries is not None:
        struct.pack_into("<HH", end, 8, entries, entries)
    if offset is not None:
        struct.pack_into("<I", end, 16, offset)
    return good[:-22] + bytes(end)


def with_zip64(good: bytes, entry: int, size: int) -> bytes:
    """The directory's first entry says its sizes in a zip64 field, and they are these."""
    name_size, extra_size = struct.unpack_from("<HH", good, entry + 28)
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    head = bytearray(good[entry:entry + 46 + name_size])
    struct.pack_into("<II", head, 20, 0xffffffff, 0xffffffff)
    struct.pack_into("<H", head, 30, len(extra))
    end = bytearray(good[-22:])
    struct.pack_into("<I", end, 12, struct.unpack_from("<I", end, 12)[0] + len(extra) - extra_size)
    return good[:entry] + bytes(head) + extra + good[entry + 46 + name_size + extra_size:-22] + bytes(end)


def sparse(path, records: dict[str, bytes]) -> None:
    """models/model.json with a gigabyte of zeros, of which the disk holds none."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in records.items():
            if name != MODEL:
                archive.writestr(f"net/{name}", content)
        archive.writestr(f"net/{MODEL}", b"")
        place = archive.start_dir
    whole = path.read_bytes()
    tail = bytearray(whole[place:])
    entry = tail.rindex(b"PK\x01\x02")
    struct.pack_into("<II", tail, entry + 20, GIGABYTE, GIGABYTE)
    struct.pack_into("<I", tail, len(tail) - 6, place + GIGABYTE)
    with open(path, "r+b") as file:
        file.truncate(place)
        file.seek(place + GIGABYTE)
        file.write(tail)
