"""Networks that draw random numbers: dropout that is kept on, noise."""

import contextlib
import dataclasses
from collections.abc import Iterator

import torch
from torch.nn.modules.dropout import _DropoutNd

from ventral.preprocessing import Sampling

_WORD = (1 << 64) - 1


def state(samples: int | None, seed: int | None) -> Sampling | None:
    """Raises ValueError where one is stated without the other."""
    if samples is None and seed is None:
        return None
    if samples is None or seed is None:
        missing = "samples" if samples is None else "seed"
        raise ValueError(f"samples and seed are stated together: {missing} is missing")
    return Sampling(samples, seed)


def evaluation_mode(net: torch.nn.Module, keep_dropout: bool) -> torch.nn.Module:
    """`net` in evaluation mode; keep_dropout: dropout that is in training mode stays on."""
    on = [module for module in net.modules() if isinstance(module, _DropoutNd) and module.training] if keep_dropout else []
    net.eval()
    for module in on:
        module.train()
    return net


@dataclasses.dataclass
class Noticed:
    """drawn: whether PyTorch's generator was asked for a number; known when the block has ended."""

    drawn: bool = False


@contextlib.contextmanager
def notice() -> Iterator[Noticed]:
    """What is drawn in this block leaves the caller's generator as it was."""
    noticed = Noticed()
    with torch.random.fork_rng(devices=[]):
        before = torch.get_rng_state()
        yield noticed
        noticed.drawn = not torch.equal(before, torch.get_rng_state())


@contextlib.contextmanager
def drawing_as_inspect(sampling: Sampling | None) -> Iterator[None]:
    """In this block PyTorch draws what `ventral inspect` draws: the first sample, from the seed of the first stimulus."""
    with torch.random.fork_rng(devices=[]):
        if sampling is not None:
            torch.manual_seed(_seed_of(sampling.seed, 0, 0))
        yield


def _seed_of(seed: int, stimulus: int, sample: int) -> int:
    """SeedOf of scoring/network/sampling.h: splitmix64 (Steele et al. 2014)."""
    mixed = seed
    for part in (stimulus, sample):
        mixed = (mixed + 0x9E3779B97F4A7C15 * (part + 1)) & _WORD
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        mixed ^= mixed >> 31
    return mixed
