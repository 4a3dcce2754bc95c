"""Images in every variant that packs may hold, each beside PIL's own decoding of it.

    pil_images.py variants FOLDER            writes images and NAME.rgb
    pil_images.py copies FOLDER SOURCE       copies the images of SOURCE and writes NAME.rgb

NAME.rgb is "HEIGHT WIDTH\n" and then 8-bit RGB.
"""
import pathlib
import random
import shutil
import struct
import sys
import zlib

import numpy
from PIL import Image

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, interlaced, transparent, rng):
    """A PNG of random bits: every filter, any depth, with or without interlacing and tRNS."""
    passes = [(0, 0, 1, 1)] if not interlaced else ADAM7
    rows = b""
    for x0, y0, dx, dy in passes:
        w, h = (width - x0 + dx - 1) // dx, (height - y0 + dy - 1) // dy
        if w <= 0 or h <= 0:
            continue
        size = (w * depth * CHANNELS[colour] + 7) // 8
        for _ in range(h):
            rows += bytes([rng.randrange(5)]) + rng.randbytes(size)
    out = b"\x89PNG\r\n\x1a\n"
    out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    if colour == 3:
        out += chunk(b"PLTE", rng.randbytes(3 * 2**depth))
    if transparent:
        out += chunk(b"tRNS", {0: b"\0\0", 2: b"\0\0\0\0\0\0", 3: b"\x80\0"}[colour])
    out += chunk(b"gAMA", struct.pack(">I", 100000))
    return out + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def reference(file):
    image = Image.open(file).convert("RGB")
    pixels = numpy.asarray(image)
    head = f"{pixels.shape[0]} {pixels.shape[1]}\n".encode()
    pathlib.Path(str(file) + ".rgb").write_bytes(head + pixels.tobytes())


def png_variants(folder, rng):
    for colour, depths in {0: (1, 2, 4, 8), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            for interlaced in (False, True):
                for transparent in (False, True) if colour in (0, 2, 3) else (False,):
                    name = f"{colour}_{depth}_{interlaced}_{transparent}.png"
                    (folder / name).write_bytes(png(37, 23, depth, colour, interlaced, transparent, rng))


def jpeg_variants(folder):
    y, x = numpy.mgrid[0:61, 0:83]
    smooth = numpy.stack([x * 3, y * 4, (x + y) % 256, x * y % 256], axis=2).astype(numpy.uint8)
    noise = numpy.random.default_rng(1).integers(0, 256, (61, 83, 4), numpy.uint8)
    for name, pixels in {"smooth": smooth, "noise": noise}.items():
        for mode, channels in {"L": 0, "RGB": slice(3), "CMYK": slice(4)}.items():
            image = Image.fromarray(pixels[:, :, channels], mode=mode)
            for subsampling in (0, 1, 2) if mode == "RGB" else (0,):
                for progressive in (False, True):
                    file = folder / f"{name}_{mode}_{subsampling}_{progressive}.jpg"
                    image.save(file, quality=85, subsampling=subsampling, progressive=progressive)


def main():
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "variants":
        png_variants(folder, random.Random(1))
        jpeg_variants(folder)
    else:
        for file in sorted(pathlib.Path(sys.argv[3]).iterdir()):
            shutil.copy(file, folder)
    for file in sorted(folder.iterdir()):
        reference(file)


main()
