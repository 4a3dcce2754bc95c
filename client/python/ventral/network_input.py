"""Images as a network takes them."""

import torch

from ventral.preprocessing import Input


def images(count: int, height: int, width: int, about: Input) -> torch.Tensor:
    """Random images [stimulus × 3 × height × width], float32 in [0, 1]; 8-bit values where the network takes whole numbers."""
    generator = torch.Generator().manual_seed(0)
    shape = (count, 3, height, width)
    if about.dtype == "float32":
        return torch.rand(shape, generator=generator)
    return torch.randint(0, 256, shape, generator=generator).float() / 255


def as_input(batch: torch.Tensor, about: Input) -> torch.Tensor:
    """What the service makes of preprocessed images (AsInput of scoring/features/inspect.cc)."""
    if about.dtype != "float32":
        batch = (batch * 255).round().to(getattr(torch, about.dtype))
    if about.time_steps is None:
        return batch
    return batch.unsqueeze(1).repeat(1, about.time_steps, 1, 1, 1)
