"""Stimuli made from a seed: gratings, blobs, textures and shapes, so that no picture need be fetched."""

import numpy as np


def make_images(count: int, size: int, seed: int) -> np.ndarray:
    """[count × size × size × 3], uint8."""
    random = np.random.default_rng(seed)
    makers = (_grating, _blobs, _texture, _shapes)
    return np.stack([_colour(makers[i % len(makers)](size, random), random) for i in range(count)])


def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    axis = np.linspace(-1, 1, size)
    return np.meshgrid(axis, axis)


def _grating(size: int, random: np.random.Generator) -> np.ndarray:
    x, y = _grid(size)
    angle, cycles, phase = random.uniform(0, np.pi), random.uniform(1, 10), random.uniform(0, 2 * np.pi)
    wave = np.sin(np.pi * cycles * (x * np.cos(angle) + y * np.sin(angle)) + phase)
    window = np.exp(-(x**2 + y**2) / random.uniform(0.1, 2))
    gabor: np.ndarray = wave * window
    return gabor


def _blobs(size: int, random: np.random.Generator) -> np.ndarray:
    x, y = _grid(size)
    image = np.zeros((size, size))
    for _ in range(random.integers(1, 8)):
        cx, cy = random.uniform(-0.8, 0.8, 2)
        image += random.choice((-1, 1)) * np.exp(-((x - cx)**2 + (y - cy)**2) / random.uniform(0.01, 0.2))
    return image


def _texture(size: int, random: np.random.Generator) -> np.ndarray:
    """Noise with a power spectrum that falls with frequency, as in natural images."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
    frequency[0, 0] = 1
    spectrum = np.fft.fft2(random.standard_normal((size, size))) / frequency ** random.uniform(0.3, 2)
    spectrum[0, 0] = 0
    return np.fft.ifft2(spectrum).real


def _shapes(size: int, random: np.random.Generator) -> np.ndarray:
    x, y = _grid(size)
    image = np.zeros((size, size))
    for _ in range(random.integers(1, 5)):
        cx, cy = random.uniform(-0.7, 0.7, 2)
        width, height, angle = random.uniform(0.1, 0.7), random.uniform(0.1, 0.7), random.uniform(0, np.pi)
        u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
        power = random.choice((2, 8))  # an ellipse or a rounded box
        image[np.abs(u / width) ** power + np.abs(v / height) ** power < 1] = random.uniform(-1, 1)
    return image


def _colour(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    image = image / (np.abs(image).max() + 1e-9)
    tint, ground = random.uniform(0.2, 1, 3), random.uniform(0.2, 0.8, 3)
    rgb = ground + 0.5 * image[..., None] * tint * random.uniform(0.3, 1)
    return (np.clip(rgb, 0, 1) * 255).round().astype(np.uint8)
