"""torch_singan.py selftest: checks of torch_singan.py that need no other program."""

import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

import torch_singan
from torch_singan_bench import STEPS, Critic, Generator, Trainer, set_split

GROUPS = 4


def random_variables(channels, width, dilation):
    """Both networks' variables with values that hide nothing."""
    found = {}

    def put(name, *shape, spread=0.3, about=0.0):
        found[name] = about + spread * torch.randn(shape, dtype=torch.float64)

    def convolution(name, size, inputs, outputs):
        put(f"{name}/kernel", size, size, inputs, outputs, spread=(size * size * inputs) ** -0.5)
        put(f"{name}/bias", outputs)

    def norm(name, width):
        put(f"{name}/gamma", width, about=1.0)
        put(f"{name}/beta", width)
        put(f"{name}/moving_mean", width)
        found[f"{name}/moving_variance"] = 0.5 + torch.rand(width, dtype=torch.float64)

    for net, outputs in (("generator", channels), ("critic", 1)):
        inputs = channels
        for block in torch_singan.BLOCKS:
            convolution(f"{net}/{block}", 3, inputs, width)
            norm(f"{net}/{block}/bn", width)
            inputs = width
        convolution(f"{net}/tail", 3, width, outputs)
    part = width // GROUPS
    for g in range(GROUPS if dilation else 0):
        at = f"generator/slim/group{g}"
        for unit, outputs in (("reduce", part), ("expand", width)):
            put(f"{at}/style/{unit}/kernel", part, outputs, spread=part**-0.5)
            put(f"{at}/style/{unit}/bias", outputs)
        for i, (unit, size) in enumerate((("reduce", 1), ("conv1", 3), ("conv2", 3))):
            convolution(f"{at}/mask/{unit}", size, part, part)
            norm(f"{at}/mask/bn{i}", part)
        convolution(f"{at}/mask/project", 1, part, 1)
    return found


def close(what, ours, theirs, allowed):
    scale = max(theirs.abs().max().item(), 1e-12)
    difference = (ours - theirs).abs().max().item() / scale
    assert difference < allowed, f"{what}: expected a difference below {allowed}, but got {difference}."
    return difference


def check_penalty():
    """Central differences along random directions, and of single values."""
    torch.manual_seed(7)
    variables = random_variables(3, 8, 0)
    case = {name: value for name, value in variables.items() if name.startswith("critic/")}
    case["input:images"] = torch.rand(1, 13, 15, 3, dtype=torch.float64) * 2 - 1
    results = torch_singan.answer(case, {"kind": "penalty"})
    worst, gap = 0.0, 1e-5
    for name in torch_singan.trainable(case, "critic/"):
        gradient = results["gradient:" + name]
        directions = [torch.randn_like(case[name]) for _ in range(2)]
        single = torch.zeros_like(case[name])
        single.view(-1)[gradient.abs().argmax()] = 1
        for direction in [*directions, single]:
            direction = direction / direction.norm()
            values = []
            for sign in (1, -1):
                moved = case | {name: case[name] + sign * gap * direction}
                values.append(torch_singan.answer(moved, {"kind": "penalty"})["penalty"].item())
            expected = (values[0] - values[1]) / (2 * gap)
            got = (gradient * direction).sum().item()
            scale = max(abs(expected), 1e-4)
            worst = max(worst, abs(got - expected) / scale)
            assert abs(got - expected) / scale < 1e-6, f"{name}: expected {expected}, but got {got}."
    print(f"penalty: gradient and finite differences differ by {worst:.1e}")


def kernel(tensors, name):
    return tensors[name + "/kernel"].permute(3, 2, 0, 1).contiguous()


def load_norm(module, tensors, pairs):
    """pairs: the convolution and the norm of each part; the modules' convolutions have no bias before a norm."""

    def joined(name):
        return torch.cat([tensors[f"{at}/{name}"] for _, at in pairs]).clone()

    module.weight.data, module.bias.data = joined("gamma"), joined("beta")
    if module.track_running_stats:
        module.running_mean = joined("moving_mean") - torch.cat([tensors[f"{at}/bias"] for at, _ in pairs])
        module.running_var = joined("moving_variance")


def load(net, at, module, tensors):
    """Copies the variables of one network into PyTorch's modules."""
    blocks = [module.head, *module.body] if net == "generator" else list(module)[:4]
    for name, block in zip(torch_singan.BLOCKS, blocks):
        block[0].weight.data = kernel(tensors, f"{at}/{name}").clone()
        load_norm(block[1], tensors, [(f"{at}/{name}", f"{at}/{name}/bn")])
    tail = module.tail if net == "generator" else module[4]
    tail.weight.data, tail.bias.data = kernel(tensors, f"{at}/tail").clone(), tensors[f"{at}/tail/bias"].clone()
    if net == "generator" and module.slim is not None:
        load_slim(module.slim, [f"{at}/slim/group{g}" for g in range(GROUPS)], tensors)


def load_slim(slim, groups, tensors):
    for unit in ("reduce", "expand"):
        getattr(slim, unit).data = torch.stack([tensors[f"{at}/style/{unit}/kernel"] for at in groups])
        biases = torch.stack([tensors[f"{at}/style/{unit}/bias"] for at in groups])
        getattr(slim, unit + "_bias").data = biases[:, None]
    units = {0: "reduce", 3: "conv1", 6: "conv2", 9: "project"}
    for index, unit in units.items():
        kernels = [kernel(tensors, f"{at}/mask/{unit}") for at in groups]
        slim.mask[index].weight.data = torch.cat(kernels).clone()
        if unit == "project":
            biases = torch.cat([tensors[f"{at}/mask/project/bias"] for at in groups])
            slim.mask[index].bias.data = biases.clone()
        else:
            pairs = [(f"{at}/mask/{unit}", f"{at}/mask/bn{index // 3}") for at in groups]
            load_norm(slim.mask[index + 1], tensors, pairs)


def step_case(channels, width, dilation, size):
    shape = 1, *size, channels
    case = random_variables(channels, width, dilation)
    for name in ("noise", "fixed_noise", "previous0", "previous1", "previous2", "previous_fixed", "real"):
        case[name] = torch.randn(shape, dtype=torch.float64)
    case |= {f"alpha{j}": torch.rand((), dtype=torch.float64) for j in range(STEPS)}
    case["amplitude"] = torch.tensor(0.37, dtype=torch.float64)
    residual = "false" if dilation else "true"
    return case, {"kind": "step", "dilation": str(dilation), "residual": residual, "step": "0"}


def check_step(channels, width, dilation, size, split=False):
    """The equations' step and that of PyTorch's modules and optimiser."""
    torch.manual_seed(11)
    case, metadata = step_case(channels, width, dilation, size)
    generator, critic = Generator(channels, width, dilation, not dilation).double(), Critic(channels, width).double()
    load("generator", "generator", generator, case)
    load("critic", "critic", critic, case)
    tensors = {name: value.permute(0, 3, 1, 2) for name, value in case.items() if value.dim() == 4 and "/" not in name}
    set_split(generator, split)
    trainer = Trainer(generator, critic, tensors, 0.37, [case[f"alpha{j}"].item() for j in range(STEPS)])
    for optimizer in trainer.optimizers:
        # PyTorch adds epsilon to the corrected root, TensorFlow to the uncorrected one.
        counter = [0]

        def before(optimizer, *_, counter=counter):
            counter[0] += 1
            optimizer.param_groups[0]["eps"] = 1e-8 / (1 - 0.999 ** counter[0]) ** 0.5

        optimizer.register_step_pre_hook(before)
    losses, adversarial, reconstructions = trainer.step(lambda j: tensors[f"previous{j}"])
    results = through_files(case, metadata)
    compared = {
        "critic_losses": torch.stack([loss for loss, _ in losses]),
        "penalties": torch.stack([value for _, value in losses]),
        "adversarial": adversarial,
        "reconstructions": torch.stack(reconstructions),
    }
    worst = max(close(name, results[name], value, 1e-9) for name, value in compared.items())
    after = Generator(channels, width, dilation, not dilation).double(), Critic(channels, width).double()
    load("generator", "generator", after[0], results)
    load("critic", "critic", after[1], results)
    for ours, theirs in zip(after, (generator, critic)):
        state = theirs.state_dict()
        for name, value in ours.state_dict().items():
            if value.is_floating_point():
                worst = max(worst, close(name, value, state[name], 1e-9))
    for name, value in results.items():
        if name.startswith("gradient") and torch_singan.BEFORE_NORM.search(name):
            assert not value.any(), name
    print(f"step with dilation {dilation}, size {size}: equations and modules differ by {worst:.1e}")


def through_files(case, metadata):
    with tempfile.TemporaryDirectory() as directory:
        paths = [str(Path(directory) / name) for name in ("case.safetensors", "out.safetensors")]
        save_file({name: value.contiguous() for name, value in case.items()}, paths[0], metadata)
        torch_singan.main(*paths)
        with safe_open(paths[1], "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}


def check_forward():
    """In both phases, and that a training pass's gradients are those of finite differences."""
    torch.manual_seed(5)
    channels, width, dilation, size = 3, 8, 2, (14, 17)
    case, metadata = step_case(channels, width, dilation, size)
    generator, critic = Generator(channels, width, dilation, False).double(), Critic(channels, width).double()
    load("generator", "generator", generator, case)
    load("critic", "critic", critic, case)
    case = {name: value for name, value in case.items() if name.startswith("generator/")}
    case["input:map"], case["input:previous"], case["weight:images"] = torch.randn(3, 1, *size, channels).double()
    inputs = [case["input:" + name].permute(0, 3, 1, 2) for name in ("map", "previous")]
    for training in (False, True):
        metadata |= {"kind": "generator", "training": str(training).lower()}
        results = through_files(case, metadata)
        expected = generator.train(training)(*inputs).permute(0, 2, 3, 1)
        close("images", results["images"], expected, 1e-11)
    name = "generator/slim/group2/mask/conv1/kernel"
    direction, values = torch.randn_like(case[name]), []
    for sign in (1, -1):
        moved = case | {name: case[name] + sign * 1e-5 * direction}
        output = torch_singan.answer(moved, metadata)["images"].detach()
        values.append((output * case["weight:images"]).sum())
    expected = (values[0] - values[1]) / 2e-5
    close("gradient", (results["gradient:" + name] * direction).sum(), expected, 1e-6)
    print("generator: outputs and gradient agree")


def selftest():
    torch.set_num_threads(1)
    check_penalty()
    check_forward()
    check_step(3, 8, 0, (14, 17))
    check_step(3, 8, 5, (19, 16))
    check_step(1, 16, 8, (25, 34), split=True)
