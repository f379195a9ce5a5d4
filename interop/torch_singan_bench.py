"""torch_singan.py bench: times a training step of one scale of SinGAN with SLIM, written with PyTorch's own modules.

The networks are those of torch_singan.py, whose self-test compares both. Here they are written for speed: no bias
before a batch norm, SLIM's groups together, no statistics of the critic, no gradient that isn't used. The memory layout
and the form of grouped convolutions are those of the fastest warm-up step. Where the image has scales below, the step is
timed again with three random images generated from them, with random weights in the inference phase.

Where other programs use the CPU, set OMP_WAIT_POLICY=PASSIVE and GOMP_SPINCOUNT=0: threads that spin while they wait for
a thread that isn't running make a step ten times slower.
"""

import argparse
import json
import math
import statistics
import time
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import nn

STEPS = 3


def norm(channels, tracked):
    return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1, track_running_stats=tracked)


class Block(nn.Sequential):
    def __init__(self, inputs, outputs, tracked):
        convolution = nn.Conv2d(inputs, outputs, 3, bias=False)
        super().__init__(convolution, norm(outputs, tracked), nn.LeakyReLU(0.2, inplace=True))


class GroupedConv2d(nn.Conv2d):
    """Split, it runs one convolution a group, which is faster on some CPUs and sizes."""

    split = False

    def forward(self, x):
        if not self.split:
            return super().forward(x)
        kernels = self.weight.chunk(self.groups)
        biases = [None] * self.groups if self.bias is None else self.bias.chunk(self.groups)
        parts = zip(x.chunk(self.groups, 1), kernels, biases)
        return torch.cat([F.conv2d(*part, 1, self.padding, self.dilation) for part in parts], 1)


class Slim(nn.Module):
    """Skip-layer SLIM between maps of the same number of channels, with r = 1."""

    def __init__(self, channels, dilation, groups=4):
        super().__init__()
        self.groups, part = groups, channels // groups
        self.reduce = nn.Parameter(torch.randn(groups, part, part) / math.sqrt(part))
        self.reduce_bias = nn.Parameter(torch.zeros(groups, 1, part))
        self.expand = nn.Parameter(torch.randn(groups, part, channels) / math.sqrt(part))
        self.expand_bias = nn.Parameter(torch.zeros(groups, 1, channels))
        layers = []
        for size in (1, 3, 3):
            border, gap = (dilation, dilation) if size == 3 else (0, 1)
            layers.append(GroupedConv2d(channels, channels, size, 1, border, gap, groups, bias=False))
            layers += [norm(channels, True), nn.ReLU(inplace=True)]
        self.mask = nn.Sequential(*layers, GroupedConv2d(channels, groups, 1, groups=groups))

    def forward(self, low, high):
        pooled = low.mean((2, 3)).view(low.shape[0], self.groups, -1).transpose(0, 1)
        style = F.relu(torch.baddbmm(self.reduce_bias, pooled, self.reduce))
        style = torch.baddbmm(self.expand_bias, style, self.expand)
        mask = F.interpolate(torch.sigmoid(self.mask(low)), size=high.shape[2:], mode="nearest")
        mask = mask / (mask.sum(1, keepdim=True) + 1e-6)
        return high * (1 + torch.einsum("nghw,gnc->nchw", mask, style))


class Generator(nn.Module):
    def __init__(self, channels, width, dilation, residual):
        super().__init__()
        self.residual = residual
        self.head = Block(channels, width, True)
        self.body = nn.Sequential(*(Block(width, width, True) for _ in range(3)))
        self.slim = Slim(width, dilation) if dilation else None
        self.tail = nn.Conv2d(width, channels, 3)

    def forward(self, x, previous):
        head = self.head(F.pad(x, (5, 5, 5, 5)))
        last = self.body(head)
        if self.slim is not None:
            last = self.slim(head, last)
        image = torch.tanh(self.tail(last))
        return image + previous if self.residual else image


class Critic(nn.Sequential):
    def __init__(self, channels, width):
        inner = [Block(width, width, False) for _ in range(3)]
        super().__init__(Block(channels, width, False), *inner, nn.Conv2d(width, 1, 3))


class Trainer:
    """Both networks, their optimisers and the constants of one scale."""

    def __init__(self, generator, critic, tensors, amplitude, alphas, half=False):
        self.generator, self.critic, self.tensors = generator, critic, tensors
        self.amplitude, self.alphas, self.half = amplitude, alphas, half
        self.optimizers = [
            torch.optim.Adam(net.parameters(), lr=5e-4, betas=(0.5, 0.999), fused=True)
            for net in (critic, generator)
        ]

    def precision(self):
        return torch.autocast("cpu", torch.bfloat16) if self.half else nullcontext()

    def gradients(self, loss, net):
        """Through backward(), so that a gradient's memory layout is its parameter's, as the fused Adam expects."""
        net.zero_grad(set_to_none=True)
        parameters = list(net.parameters())
        loss.backward(inputs=parameters)
        return [parameter.grad for parameter in parameters]

    def fake(self, noise, previous):
        return self.generator(torch.add(previous, noise, alpha=self.amplitude), previous)

    def critic_step(self, fake, alpha):
        real = self.tensors["real"]
        mixed = torch.lerp(fake, real, alpha).requires_grad_()
        with self.precision():
            loss = self.critic(fake).mean() - self.critic(real).mean()
            scores = self.critic(mixed).sum()
        (slopes,) = torch.autograd.grad(scores, mixed, create_graph=True)
        penalty = ((torch.linalg.vector_norm(slopes, dim=1) - 1) ** 2).mean()
        loss = loss + 0.1 * penalty
        self.gradients(loss, self.critic)
        self.optimizers[0].step()
        return loss.detach(), penalty.detach()

    def step(self, previous):
        """One training step; previous(j) gives the image from below of the critic's step j."""
        t = self.tensors
        critic_losses, reconstructions = [], []
        for j in range(STEPS):
            below = previous(j)
            last = j == STEPS - 1
            with nullcontext() if last else torch.no_grad(), self.precision():
                fake = self.fake(t["noise"], below).float() if self.half else self.fake(t["noise"], below)
            critic_losses.append(self.critic_step(fake.detach(), self.alphas[j]))
        with self.precision():
            adversarial = -self.critic(fake).mean()
        pushed = self.gradients(adversarial, self.generator)
        for _ in range(STEPS):
            with self.precision():
                image = self.fake(t["fixed_noise"], t["previous_fixed"])
            error = F.mse_loss(image.float() if self.half else image, t["real"])
            torch._foreach_add_(self.gradients(10 * error, self.generator), pushed)
            self.optimizers[1].step()
            reconstructions.append(error.detach())
        return critic_losses, adversarial.detach(), reconstructions


class Below:
    """The scales below with their generators, which give a random image of the size of the scale above."""

    def __init__(self, height, width, channels, width_of_network, dilation, layout, half):
        self.half, self.size, sizes = half, (height, width), []
        while round(0.75 * min(height, width)) >= 25:
            height, width = math.ceil(0.75 * height), math.ceil(0.75 * width)
            sizes.insert(0, (height, width))
        self.noise = [torch.randn(1, channels, *size).to(memory_format=layout) for size in sizes]
        self.generators = []
        for n in range(len(sizes)):
            filters = min(32 * 2 ** (n // 4), 128, width_of_network)
            net = Generator(channels, filters, dilation if n else 0, not dilation or n == 0)
            self.generators.append(net.eval().requires_grad_(False).to(memory_format=layout))

    def image(self, _):
        image = torch.zeros_like(self.noise[0])
        sizes = [noise.shape[2:] for noise in self.noise[1:]] + [self.size]
        with torch.inference_mode():
            for net, noise, size in zip(self.generators, self.noise, sizes):
                z = torch.add(image, torch.randn_like(noise), alpha=0.1)
                with torch.autocast("cpu", torch.bfloat16) if self.half else nullcontext():
                    image = net(z, image)
                image = F.interpolate(image.float(), size=size, mode="bicubic").clamp_(-1, 1)
        # A copy outside of inference mode may be used in a graph.
        return image.clone()


def seconds(trainer, previous, steps):
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        trainer.step(previous)
        times.append(time.perf_counter() - start)
    return times


def set_split(net, split):
    for module in net.modules():
        if isinstance(module, GroupedConv2d):
            module.split = split


def forms(options):
    """The forms to choose from, by name: memory layout and whether groups are split."""
    splits = {"grouped": False, "split": True} if options.dilation else {"plain": False}
    if options.dtype == "bfloat16" and options.width_of_network % 64:
        # PyTorch 2.15 crashes in the backward pass of grouped dilated convolutions of 8 channels a group.
        splits.pop("grouped", None)
    layouts = {"channels_last": torch.channels_last, "channels_first": torch.contiguous_format}
    return {
        f"{name} {form}": (layout, split) for name, layout in layouts.items() for form, split in splits.items()
    }


def prepared(options, layout, split):
    torch.manual_seed(1)
    shape = 1, options.channels, options.height, options.width
    names = ("noise", "fixed_noise", "previous0", "previous1", "previous2", "previous_fixed")
    tensors = {name: torch.randn(shape).to(memory_format=layout) for name in names}
    tensors["real"] = torch.tanh(torch.randn(shape)).to(memory_format=layout)
    width = options.width_of_network
    generator = Generator(options.channels, width, options.dilation, not options.dilation)
    critic = Critic(options.channels, width).to(memory_format=layout)
    half = options.dtype == "bfloat16"
    generator = generator.to(memory_format=layout)
    set_split(generator, split)
    return Trainer(generator, critic, tensors, 0.1, (0.2, 0.5, 0.8), half)


def bench(arguments):
    parser = argparse.ArgumentParser(prog="torch_singan.py bench", description=__doc__.split("\n")[0])
    parser.add_argument("--height", type=int, default=186)
    parser.add_argument("--width", type=int, default=248)
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--width-of-network", type=int, default=32, help="Filters of each block.")
    parser.add_argument("--dilation", type=int, default=5, help="Of SLIM; 0: plain SinGAN.")
    parser.add_argument("--steps", type=int, default=10, help="Timed steps.")
    parser.add_argument("--warmup", type=int, default=2, help="Steps before, of each form that is tried.")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    found = forms(options)
    trainers = {name: prepared(options, *form) for name, form in found.items()}
    probes = {
        name: min(seconds(trainer, lambda j, t=trainer: t.tensors[f"previous{j}"], max(1, options.warmup)))
        for name, trainer in trainers.items()
    }
    best = min(probes, key=probes.get)
    trainer, layout = trainers[best], found[best][0]
    times = seconds(trainer, lambda j: trainer.tensors[f"previous{j}"], options.steps)
    scale = options.height, options.width, options.channels, options.width_of_network, options.dilation
    below = Below(*scale, layout, trainer.half)
    whole = None
    if below.generators:
        seconds(trainer, below.image, 1)
        whole = seconds(trainer, below.image, options.steps)
    report = vars(options) | {
        "form": best,
        "seconds": statistics.median(times),
        "fastest": min(times),
        "scales_below": len(below.generators),
        "seconds_with_scales_below": whole and statistics.median(whole),
        "fastest_with_scales_below": whole and min(whole),
        "torch": torch.__version__,
    }
    print(json.dumps(report))
