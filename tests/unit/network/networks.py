"""Small networks, each with what readers of graphs get wrong."""

import torch
from torch import nn
from torch.nn import functional as F


class InPlace(nn.Module):
    """Its result is written into after it was returned, and it writes into its own input."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.unchanged = nn.Identity()

    def forward(self, x):
        y = self.conv(x)
        y.add_(1.0)
        z = self.relu(y)
        kept = self.unchanged(z)
        return (kept * 2).mul_(0.5).flatten(1)


class ThroughView(nn.Module):
    """Writes into its result after it was computed, through a view, before it returns."""

    def __init__(self):
        super().__init__()
        self.inner = Doubles()
        self.head = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return self.head(self.inner(x)).flatten(1)


class LateView(nn.Module):
    """Hands on, by a module that does nothing, what was written into through a view."""

    def __init__(self):
        super().__init__()
        self.conv, self.same, self.plain = nn.Conv2d(3, 4, 1), nn.Identity(), nn.Identity()

    def forward(self, x):
        y = self.conv(x)
        y.flatten(1).mul_(2.0)
        return self.plain(self.same(y).mean((2, 3)))


class Doubles(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        y = self.conv(x)
        y.flatten(1).mul_(2.0)
        return y


class Early(nn.Module):
    """Returns not what it computes last; has a constant, a buffer that is not saved, and one that it writes into."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.register_buffer("scale", torch.tensor([0.5, 1.0, 2.0, 4.0]).reshape(1, 4, 1, 1), persistent=False)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        y = self.conv(x) * self.scale
        self.calls += 1
        unused = y.sum() + torch.tensor(3.0)
        return y + self.calls + 0 * unused


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Early()
        self.batch_norm = nn.BatchNorm2d(4)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(4, 7)
        self.batch_norm.running_mean.uniform_(-1, 1)
        self.batch_norm.running_var.uniform_(0.5, 2)

    def forward(self, x):
        x = self.pool(F.gelu(self.batch_norm(self.inner(x))))
        return self.head(x.view(x.size(0), -1))


class Recurrent(nn.Module):
    """One layer called three times: three time steps."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Conv2d(3, 4, 3, stride=2)
        self.again = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.enter(x))
        state = torch.zeros_like(x)
        for _ in range(3):
            state = torch.tanh(self.again(state) + x)
        return state.mean((2, 3))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.norm = nn.LayerNorm(16)
        self.attend = nn.MultiheadAttention(16, 4, batch_first=True)
        self.mix = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        y = self.norm(x)
        x = x + self.attend(y, y, y, need_weights=False)[0]
        return (x + self.mix(x)).mean(1)


class Fixed(nn.Module):
    """Unrolls over its batch, so its archive is written for one batch size."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)

    def forward(self, x):
        x = self.conv(x)
        return torch.stack([image.mean() for image in x])[:, None]


class Noise(nn.Module):
    def __init__(self, quiet: bool):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.quiet = quiet

    def forward(self, x):
        x = self.conv(x)
        return x if self.quiet else x + 0.5 * torch.randn_like(x)


class Noisy(nn.Module):
    """Noise, and dropout that is kept on in evaluation mode; neither where it is quiet."""

    def __init__(self, quiet: bool = False):
        super().__init__()
        self.conv, self.head = Noise(quiet), nn.Linear(4, 2)
        self.quiet = quiet

    def forward(self, x):
        return self.head(F.dropout(self.conv(x).mean((2, 3)), 0.5, training=not self.quiet))


# name → (network, image size, layers)
NETWORKS = {
    "in_place": (InPlace, 8, ["conv", "relu", "unchanged"]),
    "through_view": (ThroughView, 5, ["inner.conv", "inner", "head"]),
    "late_view": (LateView, 5, ["conv", "same", "plain"]),
    "whole": (Whole, 9, ["inner.conv", "inner", "batch_norm", "pool", "head"]),
    "recurrent": (Recurrent, 12, ["enter", "again"]),
    "attention": (Attention, 16, ["patches", "norm", "mix.1", "mix"]),
    "fixed": (Fixed, 6, ["conv"]),
}
