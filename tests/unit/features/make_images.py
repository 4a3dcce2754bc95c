"""make_images.py FOLDER: images of many shapes, and what Pillow and PyTorch make of them.

images/N.png; resized/N_HEIGHTxWIDTH.rgb (Pillow's BILINEAR); prepared/RULE_N.f32 (resize, cut, scale, normalise).
"""

import pathlib
import sys

import numpy as np
import torch
from PIL import Image

SHAPES = [(17, 23), (64, 64), (100, 31), (5, 90), (1, 1), (224, 301)]  # height, width
SIZES = [(9, 9), (32, 48), (64, 64), (227, 150), (1, 7)]
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def resize(image: Image.Image, width: int, height: int) -> Image.Image:
    """Width first, then height, as Pillow does it until version 12; 13 turns the order where it is faster."""
    return image.resize((width, image.height), Image.BILINEAR).resize((width, height), Image.BILINEAR)


def shorter_side(image: Image.Image, size: int, cut: int) -> Image.Image:
    """torchvision's Resize(size) and CenterCrop(cut)."""
    width, height = image.size
    short = min(width, height)
    image = resize(image, size * width // short, size * height // short)
    top, left = round((image.height - cut) / 2), round((image.width - cut) / 2)
    return image.crop((left, top, left + cut, top + cut))


def normalised(image: Image.Image) -> np.ndarray:
    tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    return ((tensor - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]).numpy()


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    complete, stamp = folder / "complete", pathlib.Path(__file__).read_text()
    if complete.exists() and complete.read_text() == stamp:
        return
    for name in ("images", "resized", "prepared"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(5)
    for number, (height, width) in enumerate(SHAPES):
        smooth = np.kron(random.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3)), np.ones((8, 8, 1)))
        noisy = smooth[:height, :width] + random.integers(-40, 41, (height, width, 3))
        image = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
        image.save(folder / f"images/{number}.png")
        for to_height, to_width in SIZES:
            np.asarray(resize(image, to_width, to_height)).tofile(
                folder / f"resized/{number}_{to_height}x{to_width}.rgb")
        normalised(resize(image, 9, 9)).tofile(folder / f"prepared/stretch_{number}.f32")
        normalised(shorter_side(image, 12, 9)).tofile(folder / f"prepared/shorter_side_{number}.f32")
    complete.write_text(stamp)


if __name__ == "__main__":
    main()
