"""Any number of different checkpoint files of the same network.

The time of day that a zip archive states for each of its records is turned: another SHA-256, the same weights, and so the
same scores to the last digit.
"""

import struct
import zipfile

LOCAL_TIME, CENTRAL_TIME = 10, 12  # offsets of the time in a record's two headers


def variant(data, number, directory):
    """The bytes of the archive `data` with its `number`-th times; `directory` from records_of."""
    changed = bytearray(data)
    for place in directory:
        struct.pack_into("<HH", changed, place, number & 0xffff, 0x5021 + (number >> 16 & 7))
    return bytes(changed)


def records_of(file):
    """Where times stand in the archive, in local headers and in the central directory."""
    with zipfile.ZipFile(file) as archive:
        places = [info.header_offset + LOCAL_TIME for info in archive.infolist()]
        at = archive.start_dir
        data = file.read_bytes()
        while data[at:at + 4] == b"PK\1\2":
            places.append(at + CENTRAL_TIME)
            at += 46 + sum(struct.unpack_from("<HHH", data, at + 28))
    return places


class Variants:
    def __init__(self, file):
        self._data, self._places, self.stem = file.read_bytes(), records_of(file), file.stem

    def write(self, folder, number):
        file = folder / f"{self.stem}-{number}.pt2"
        file.write_bytes(variant(self._data, number, self._places))
        return file
