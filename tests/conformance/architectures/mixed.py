"""Networks with what an interpreter of graphs gets wrong: norms, odd arithmetic, tuples, dicts, control flow."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Norms(nn.Module):
    """Most normalisations, activations, paddings and poolings there are, one after the other."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding="same", padding_mode="reflect")
        self.norms = nn.ModuleList([nn.BatchNorm2d(16), nn.GroupNorm(4, 16), nn.InstanceNorm2d(16, affine=True),
                                    nn.InstanceNorm2d(16), nn.LocalResponseNorm(3), nn.LayerNorm([16, 16, 16])])
        self.acts = nn.ModuleList([nn.SiLU(), nn.ELU(), nn.LeakyReLU(0.1, inplace=True), nn.Hardswish(), nn.PReLU(16),
                                   nn.Hardtanh(-1, 1), nn.Softplus(), nn.Sigmoid(), nn.Tanh(), nn.GELU("tanh"),
                                   nn.Mish(), nn.ReLU6(inplace=True), nn.CELU(), nn.SELU(), nn.LogSigmoid(), nn.Softsign()])
        self.pads = nn.Sequential(nn.ZeroPad2d(1), nn.ReflectionPad2d(1), nn.ReplicationPad2d(1), nn.ConstantPad2d(-3, 0.5))
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2)
        self.shuffle = nn.PixelShuffle(2)
        self.power = nn.LPPool2d(2, 2)
        self.drops = nn.Sequential(nn.Dropout(0.5), nn.Dropout2d(0.5), nn.AlphaDropout(0.5))
        self.weight_norm = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 3, groups=2, dilation=2))
        self.head = nn.Linear(4, 6)

    def forward(self, x):
        x = self.conv(x)
        for norm in self.norms:
            x = norm(x)
        for act in self.acts:
            x = act(x)
        x = self.drops(self.pads(x))
        y, where = self.pool(x)
        x = x + F.max_unpool2d(y, where, 2)
        x = self.weight_norm(self.shuffle(self.power(x)))
        return F.normalize(self.head(F.adaptive_avg_pool2d(x, (1, 1)).flatten(1)), dim=1)


class Arithmetic(nn.Module):
    """Sizes that are computed, sorting, indexing, masks, wrapped numbers, buffers that are not saved."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.linear = nn.Linear(8, 8)
        self.register_buffer("mean", torch.rand(1, 3, 1, 1), persistent=False)
        self.register_buffer("order", torch.randperm(8))
        self.scale = torch.rand(8)
        self.fir = nn.Conv1d(8, 8, 5, padding=2, groups=8)

    def forward(self, x):
        x = self.conv((x - self.mean) / 0.5)
        b, c, h, w = x.shape
        values, _ = x.flatten(2).topk(min(9, h * w // 2), dim=-1)
        x = x[:, self.order] * torch.where(x.std((2, 3), keepdim=True) > 0.5, 1.0, 0.5)
        x = x.masked_fill(x > 2.5, 0.0).clamp(min=-3) + values.mean(-1)[..., None, None]
        x = self.fir(x.flatten(2)).view(b, c, h, w)
        x = F.interpolate(x, scale_factor=1.5, mode="bicubic", align_corners=True)
        x = F.pad(x, [0, -w % 4, 0, -h % 4]).reshape(b, c, -1)
        grid = torch.linspace(0, 1, x.shape[-1], device=x.device)
        x = (x * grid).cumsum(-1).amax(-1) * math.sqrt(h) / (b + w) * b
        low, high = torch.chunk(self.linear(x) * self.scale, 2, dim=1)
        x = torch.stack([torch.maximum(low, high), torch.minimum(low, high)], -1).sort(dim=1)[0]
        x[:, 0] = 0.0
        return torch.einsum("bij,j->bi", x, torch.tensor([1.0, -2.0])) ** 3 + x.norm(dim=-1)


class Parts(nn.Module):
    """Returns a tuple with a dict and a tuple in it, a size, and nothing."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x):
        y = self.linear(x)
        return y.relu(), {"mean": y.mean(1), "both": (y.tanh(), y * 2)}, None


class Early(nn.Module):
    def forward(self, x):
        y = x * 2
        (y + 1).sum()
        return y


class Tuples(nn.Module):
    """Modules that return tuples and dicts, their own input, or one that they wrote into; one under two names."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Sequential(nn.Flatten(), nn.LazyLinear(8))
        self.parts, self.early, self.same = Parts(), Early(), nn.Identity()
        self.first = nn.Linear(8, 8)
        self.second = self.first
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x, named, _ = self.parts(self.enter(x))
        x = self.same(x) + named["mean"][:, None] + named["both"][0]
        y = self.first(self.early(x))
        y[:, 1] = 0.5
        x = self.relu(self.second(y))
        z = self.parts(x)
        return {"logits": z[0] + z[1]["both"][1], "hidden": x}


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.act = nn.Conv2d(3, 4, 3), nn.ReLU()

    def forward(self, x):
        return self.act(self.conv(x))


class Frozen(nn.Module):
    """A part under torch.no_grad(), called twice, whose modules the exporter marks by trace points in a subgraph."""

    def __init__(self):
        super().__init__()
        self.frozen, self.parts, self.head = Branch(), Parts(), nn.Linear(4, 8)

    def forward(self, x):
        with torch.no_grad():
            x = self.frozen(x) + self.frozen(x * 0.5)
        x = self.head(x.mean((2, 3)))
        with torch.no_grad():
            y = self.parts(x)
        return x + y[0]


class Conditional(nn.Module):
    """torch.cond by the brightness of the images; one inside the other."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.bright, self.dark, self.head = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 4)

    def forward(self, x):
        x = self.conv(x).mean((2, 3))

        def dark(x):
            return torch.cond(x.sum() > -1e9, lambda x: self.dark(x) * 2, lambda x: self.dark(x), (x,))
        return self.head(torch.cond(x.mean() > 0.01, lambda x: self.bright(x), dark, (x,)))


class Video(nn.Module):
    """Takes [stimulus × time × 3 × height × width]: convolutions over time, then a recurrent readout."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(3, 6, 3, padding=1)
        self.norm, self.act = nn.BatchNorm3d(6), nn.ReLU(inplace=True)
        self.pool = nn.AvgPool3d((1, 2, 2))
        self.frame = nn.Sequential(nn.Conv2d(6, 8, 3, 2), nn.ReLU())
        self.read = nn.LSTM(8, 7, batch_first=True)
        self.head = nn.Linear(7, 3)

    def forward(self, x):
        x = self.pool(self.act(self.norm(self.conv(x.transpose(1, 2))))).transpose(1, 2)
        frames = self.frame(x.flatten(0, 1)).mean((2, 3))
        y, _ = self.read(frames.unflatten(0, (x.shape[0], x.shape[1])))
        return self.head(y[:, -1])


class Bytes(nn.Module):
    """Takes the 8-bit pixels themselves: it normalises on its own, and looks colours up in a table."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.table = nn.Embedding(256, 4)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        seen = self.conv(x.float() / 255 - 0.5).mean((2, 3))
        looked_up = self.table(x.long().flatten(1)).mean(1)
        return self.head(torch.cat([seen, looked_up], 1))


NETWORKS = {
    "norms": (Norms, 16),
    "arithmetic": (Arithmetic, 14),
    "tuples": (Tuples, 4),
    "frozen": (Frozen, 10),
    "conditional": (Conditional, 10),
    "video": (Video, 12),
    "bytes": (Bytes, 8),
}
