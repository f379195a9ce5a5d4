"""torch_singan.py CASE.safetensors OUT.safetensors …: a scale of SinGAN with SLIM in PyTorch, written from the equations.

Several pairs of files are allowed. Variables have Recal's names under "generator/" and "critic/", kernels are
(height, width, in, out), maps (N, H, W, C). Everything is computed in float64. CASE's metadata holds "kind":

generator  "input:map" (the image below plus the scaled noise, before padding), "input:previous" and, in training,
           "weight:images"; gives "images"
critic     "input:images" and, in training, "weight:scores"; gives "scores"
penalty    "input:images", the mix of real and fake; gives "penalty" (scalar, without its factor) and "gradient:NAME"
step       one training step of both networks; see step()

"residual" ("true" or "false") and "dilation" (0: without SLIM) describe the generator. Kinds generator and critic
read "training" and then also give "gradient:NAME", of the sum of output ⊙ weight, and the statistics after one step,
"next:NAME". A bias before a batch norm has no effect in training: its gradient is 0, not rounding noise.

torch_singan.py selftest: checks the penalty's gradient by finite differences and compares the equations with
PyTorch's own modules and optimiser.
torch_singan.py bench --help: times a training step.
"""

import re
import sys
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

from torch_fastgan import Net, channels_first, channels_last

BLOCKS = ("head", "body1", "body2", "body3")
STEPS = 3
STATISTICS = re.compile(r"/moving_(mean|variance)$")
BEFORE_NORM = re.compile(r"/((head|body\d)|mask/(reduce|conv1|conv2))/bias$")


def blocks(net, at, x):
    """The maps after each block, from the head's to the last."""
    maps = []
    for block in BLOCKS:
        x = net.convolution(f"{at}/{block}", x, spectral=False, bias=True)
        x = net.leaky(net.norm(f"{at}/{block}/bn", x))
        maps.append(x)
    return maps


def generator(net, metadata, x, previous):
    """tanh(…(x padded by 5)), plus previous with a residual; x already holds previous."""
    maps = blocks(net, "generator", F.pad(x, (5, 5, 5, 5)))
    last, dilation = maps[-1], int(metadata["dilation"])
    if dilation:
        layer = {"dilation": dilation, "groups": 4, "styleNorm": False, "spectral": False, "noise": False}
        last = net.slim("generator/slim", maps[0], last, layer)
    image = torch.tanh(net.convolution("generator/tail", last, spectral=False, bias=True))
    return image + previous if metadata["residual"] == "true" else image


def critic(net, images):
    last = blocks(net, "critic", images)[-1]
    return net.convolution("critic/tail", last, spectral=False, bias=True)


def penalty(net, images):
    """Mean over the pixels of (‖∇ Σ D‖₂ - 1)², the norm over the channels."""
    images = images.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(net, images).sum(), images, create_graph=True)
    return ((torch.linalg.vector_norm(slopes, dim=1) - 1) ** 2).mean()


def trainable(tensors, prefixes):
    return [name for name in tensors if name.startswith(prefixes) and not STATISTICS.search(name)]


def differentiable(tensors, names):
    """Makes the named tensors leaves; a bias before a norm stays a constant."""
    for name in names:
        tensors[name] = tensors[name].detach().requires_grad_(not BEFORE_NORM.search(name))


def gradients(loss, tensors, names):
    live = [name for name in names if tensors[name].requires_grad]
    found = torch.autograd.grad(loss, [tensors[name] for name in live], materialize_grads=True)
    zeros = {name: torch.zeros_like(tensors[name]) for name in names}
    return zeros | dict(zip(live, found))


class Adam:
    """As TensorFlow's, whose epsilon is added after the bias correction moved into the rate."""

    def __init__(self, tensors, metadata):
        self.tensors = tensors
        self.rate = float(metadata.get("learning_rate", 5e-4))
        self.beta1 = float(metadata.get("beta1", 0.5))
        self.beta2 = float(metadata.get("beta2", 0.999))
        self.epsilon = float(metadata.get("epsilon", 1e-8))

    def moment(self, name):
        """The given one or that of the step before, else 0."""
        return self.tensors.get(name, torch.zeros((), dtype=torch.float64))

    def update(self, found, t):
        rate = self.rate * (1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t)
        for name, gradient in found.items():
            first, second = "first_moment:" + name, "second_moment:" + name
            m = self.beta1 * self.moment(first) + (1 - self.beta1) * gradient
            v = self.beta2 * self.moment(second) + (1 - self.beta2) * gradient**2
            self.tensors[first], self.tensors[second] = m, v
            self.tensors[name] = self.tensors[name] - rate * m / (torch.sqrt(v) + self.epsilon)
        differentiable(self.tensors, found)


def keep_statistics(net):
    """After a pass of the generator; the critic's statistics are not kept."""
    for name, value in net.next.items():
        if name.startswith("generator/"):
            net.tensors[name] = value
    net.next.clear()


def step(net, metadata):
    """Three steps of the critic, then three of the generator, of one image.

    Reads "real", "noise", "previous0" to "previous2", "fixed_noise" and "previous_fixed", all (1, H, W, C), the scalars
    "amplitude" and "alpha0" to "alpha2", all variables and optionally Adam's "first_moment:NAME" and
    "second_moment:NAME". Metadata, besides the generator's: "step" (from 0), and optionally "learning_rate", "beta1",
    "beta2", "epsilon", "penalty" and "reconstruction".

    Gives "critic_losses" (3), "penalties" (3, without their factor), "adversarial" (scalar), "reconstructions" (3, mean
    squares without their factor), all variables after the step, the generator's statistics, and of the first step
    of each network "gradient:NAME" (critic) and "gradient_generator:NAME".
    """
    t = net.tensors
    critics, generators = trainable(t, "critic/"), trainable(t, "generator/")
    differentiable(t, critics + generators)
    adam, first = Adam(t, metadata), STEPS * int(metadata["step"]) + 1
    amplitude, real = t["amplitude"].reshape(()), t["real"]
    results, losses, penalties, reconstructions = {}, [], [], []
    for j in range(STEPS):
        previous, alpha = t[f"previous{j}"], t[f"alpha{j}"].reshape(())
        # Only the last fake image is used for the generator's gradient.
        with nullcontext() if j == STEPS - 1 else torch.no_grad():
            fake = generator(net, metadata, amplitude * t["noise"] + previous, previous)
        keep_statistics(net)
        shown = fake.detach()
        mixed = penalty(net, alpha * real + (1 - alpha) * shown)
        loss = critic(net, shown).mean() - critic(net, real).mean()
        loss = loss + float(metadata.get("penalty", 0.1)) * mixed
        found = gradients(loss, t, critics)
        if j == 0:
            results |= {"gradient:" + name: value for name, value in found.items()}
        adam.update(found, first + j)
        losses.append(loss)
        penalties.append(mixed)
    adversarial = -critic(net, fake).mean()
    pushed = gradients(adversarial, t, generators)
    net.next.clear()
    for j in range(STEPS):
        previous = t["previous_fixed"]
        image = generator(net, metadata, amplitude * t["fixed_noise"] + previous, previous)
        keep_statistics(net)
        error = F.mse_loss(image, real)
        pulled = gradients(float(metadata.get("reconstruction", 10)) * error, t, generators)
        found = {name: pushed[name] + pulled[name] for name in generators}
        if j == 0:
            results |= {"gradient_generator:" + name: value for name, value in found.items()}
        adam.update(found, first + j)
        reconstructions.append(error)
    variables = [name for name in t if name.startswith("generator/")] + critics
    results |= {name: t[name] for name in variables}
    results["critic_losses"] = torch.stack(losses)
    results["penalties"] = torch.stack(penalties)
    results["reconstructions"] = torch.stack(reconstructions)
    return results | {"adversarial": adversarial}


def forward(net, metadata):
    """Kinds generator and critic."""
    t = net.tensors
    names = trainable(t, ("generator/", "critic/"))
    if net.training:
        differentiable(t, names)
    if metadata["kind"] == "generator":
        name, output = "images", generator(net, metadata, t["input:map"], t["input:previous"])
    else:
        name, output = "scores", critic(net, t["input:images"])
    results = {name: channels_last(output)}
    if net.training:
        found = gradients((output * t["weight:" + name]).sum(), t, names)
        results |= {"gradient:" + key: value for key, value in found.items()}
        results |= {"next:" + key: value for key, value in net.next.items()}
    return results


def answer(tensors, metadata):
    """The results of one case, whose tensors are as in a file."""
    kind = metadata["kind"]
    tensors = {
        name: value.double() if "/" in name else channels_first(value.double())
        for name, value in tensors.items()
    }
    if kind in ("generator", "critic"):
        return forward(Net(tensors, metadata["training"] == "true"), metadata)
    net = Net(tensors, True)
    if kind == "step":
        return step(net, metadata)
    if kind != "penalty":
        raise ValueError(f"kind: expected generator, critic, penalty or step, but got {kind}.")
    names = trainable(tensors, "critic/")
    differentiable(tensors, names)
    value = penalty(net, tensors["input:images"])
    found = gradients(value, tensors, names)
    return {"penalty": value} | {"gradient:" + name: found[name] for name in names}


def main(case, out):
    with safe_open(case, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    results = answer(tensors, metadata)
    # A clone of each, as a file may not hold tensors that share memory.
    copy = {name: value.detach().clone(memory_format=torch.contiguous_format) for name, value in results.items()}
    save_file(copy, out)


if __name__ == "__main__":
    if sys.argv[1:2] == ["selftest"]:
        from torch_singan_check import selftest

        selftest()
    elif sys.argv[1:2] == ["bench"]:
        from torch_singan_bench import bench

        bench(sys.argv[2:])
    else:
        for case, out in zip(sys.argv[1::2], sys.argv[2::2]):
            main(case, out)
