"""What the detector is calibrated and measured on: people it never saw, generators it never saw, real pictures of other kinds.

reals = real_sets(faces, "test")        # london, canada, bundled
fakes = fake_sets(reals, faces, work, "test")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from apps.deepfake.image import photos
from apps.deepfake.image.augment import resized
from apps.deepfake.image.collection import bases, portrait, stored
from apps.deepfake.image.fakes.autoencoders import FAMILIES, padded
from apps.deepfake.image.fakes.fit import fitted, from_network, reconstructed, to_network
from apps.deepfake.image.fakes.manipulations import blended, blob, self_blended, swapped
from apps.deepfake.image.photos import Photo, Pixels

__all__ = ["SEEN", "Pictures", "fake_sets", "joined", "real_sets"]

SIDE = 384
SEED = 13
BUNDLED_CROPS = 4
SEEN = ("shuffle_f8", "self_blended")
"""Kinds that are measured too though training had them, on people it had not."""
LATENT_NOISE = 0.35


@dataclass(frozen=True)
class Pictures:
    """pixels (n, 384, 384, 3); whom they show; f, m or ""; masks (n, 384, 384) of what is fake, None: all or nothing of it."""

    pixels: Pixels
    people: tuple[str, ...]
    groups: tuple[str, ...]
    masks: NDArray[np.float16] | None = None


def joined(*sets: Pictures) -> Pictures:
    """One after another, without masks."""
    return Pictures(
        np.concatenate([each.pixels for each in sets]),
        tuple(person for each in sets for person in each.people),
        tuple(group for each in sets for group in each.groups),
    )


def real_sets(faces: Path, split: photos.Split) -> dict[str, Pictures]:
    """london: portraits, half of them crops; soft: those, once enlarged. test also has canada and bundled, which training never saw."""
    everyone = photos.london(faces, split)
    whole = _pictures(everyone[::2], [portrait(photo, SIDE) for photo in everyone[::2]])
    crops = _cut(everyone[1::2], 1 if split == "test" else 3, stream=1)
    sets = {"london": joined(whole, crops)}
    if split == "test":
        sets["canada"] = _cut(photos.canada(faces), 1, stream=2)
        sets["bundled"] = _cut(photos.bundled("test"), BUNDLED_CROPS, stream=3)
    return {**sets, "soft": replace(sets["london"], pixels=np.stack([_soft(each) for each in sets["london"].pixels]))}


def fake_sets(reals: dict[str, Pictures], faces: Path, work: Path, split: photos.Split) -> dict[str, Pictures]:
    """By generator. `self_blended`, `alpha_swap` and `poisson_swap` are made of whole portraits, the others of all faces."""
    everyone = joined(*(reals[name] for name in ("london", "canada") if name in reals))
    make = _Maker(bases(faces, work), work, split)
    portraits = photos.london(faces, split)[::2]
    sets = {"self_blended": _manipulated(portraits, "self_blended")}
    if split == "calibrate":
        names = [name for name, family in FAMILIES.items() if family.role != "test"]
        return {**{name: make(name, _every(everyone, 3, k % 3)) for k, name in enumerate(names)}, **sets}
    names = [name for name, family in FAMILIES.items() if family.role == "test" or name in SEEN]
    sets |= {name: make(name, everyone) for name in names}
    sets |= {kind: _manipulated(portraits, kind) for kind in ("alpha_swap", "poisson_swap")}
    sets |= {f"{name}_bundled": make(name, reals["bundled"], "_bundled") for name in ("quantised_f4", "patch_8")}
    sets |= {f"{name}_grained": _grained(everyone, sets[name]) for name in ("quantised_f4", "patch_8")}
    sets |= {"sampled": make.sampled(everyone), "refiner": make.refined(everyone)}
    return {**sets, "inpainted": _inpainted(everyone, sets["quantised_f4"])}


@dataclass(frozen=True)
class _Maker:
    """Pictures through a generator, kept in the work folder."""

    train: Pixels
    work: Path
    split: photos.Split

    def __call__(self, name: str, pictures: Pictures, suffix: str = "") -> Pictures:
        make = lambda: reconstructed(self._network(name), pictures.pixels)  # noqa: E731
        return _of(pictures, stored(self.work / f"{self.split}_{name}{suffix}.npy", make))

    def sampled(self, pictures: Pictures) -> Pictures:
        """Latents of two people mixed and shaken, then decoded."""
        make = lambda: _sampled(self._network("transposed_f8"), pictures)  # noqa: E731
        return _of(pictures, stored(self.work / f"{self.split}_sampled.npy", make))

    def refined(self, pictures: Pictures) -> Pictures:
        from apps.deepfake.image.fakes.refiner import fitted_denoiser, refined

        def make() -> Pixels:
            network = fitted_denoiser(self.train, self.work / "autoencoders" / "refiner")
            return np.stack([refined(network, pixels, number) for number, pixels in enumerate(pictures.pixels)])

        return _of(pictures, stored(self.work / f"{self.split}_refiner.npy", make))

    def _network(self, name: str) -> torch.nn.Module:
        return fitted(name, self.train, self.work / "autoencoders" / name)


def _grained(real: Pictures, fake: Pictures) -> Pictures:
    """Fakes with grain of the power spectrum of what they lost, out of place: softness gives them away no more."""
    lost = real.pixels.astype(np.float32) - fake.pixels
    grained = np.clip(fake.pixels + np.roll(lost, (97, 61), (1, 2)) + 0.5, 0, 255).astype(np.uint8)
    return Pictures(grained, real.people, real.groups)


def _soft(pixels: Pixels) -> Pixels:
    """Real, out of a smaller picture."""
    return resized(resized(pixels, 0.5, 3), 2, 3)


def _inpainted(real: Pictures, fake: Pictures) -> Pictures:
    """A region of each remade by an autoencoder."""
    masks = np.stack([blob(np.random.default_rng([SEED, 8, number]), SIDE) for number in range(len(real.pixels))])
    pixels = np.stack([blended(*parts) for parts in zip(real.pixels, fake.pixels, masks, strict=True)])
    return Pictures(pixels, real.people, real.groups, masks.astype(np.float16))


@torch.inference_mode()
def _sampled(network: torch.nn.Module, everyone: Pictures) -> Pixels:
    """No picture's own latents: 70 % one's, 30 % the next one's, and noise."""
    made = []
    for number in range(len(everyone.pixels)):
        pair = everyone.pixels[[number, (number + 1) % len(everyone.pixels)]]
        z = network.encode(padded(to_network(pair))[0])  # type: ignore[operator]
        noise = torch.from_numpy(np.random.default_rng([SEED, 9, number]).standard_normal(z[:1].shape, np.float32))
        mixed = 0.7 * z[:1] + 0.3 * z[1:] + LATENT_NOISE * z.std() * noise
        made.append(from_network(network.decode(mixed))[0])  # type: ignore[operator]
    return np.stack(made)


def _manipulated(people: tuple[Photo, ...], kind: str) -> Pictures:
    portraits = [portrait(photo, SIDE) for photo in people]
    make: Callable[[int, np.random.Generator], tuple[Pixels, NDArray[np.float32]]] = {
        "self_blended": lambda i, rng: self_blended(portraits[i], rng),
        "alpha_swap": lambda i, rng: swapped(portraits[i], portraits[i - 1], rng, seamless=False),
        "poisson_swap": lambda i, rng: swapped(portraits[i], portraits[i - 1], rng, seamless=True),
    }[kind]
    made = [make(number, np.random.default_rng([SEED, 6, number])) for number in range(len(people))]
    pictures = _pictures(people, [pixels for pixels, _ in made])
    return Pictures(pictures.pixels, pictures.people, pictures.groups, np.stack([mask for _, mask in made]).astype(np.float16))


def _cut(found: tuple[Photo, ...], count: int, stream: int) -> Pictures:
    cuts, of = [], []
    for number, photo in enumerate(found):
        pixels = photos.read(photo.path)
        if min(pixels.shape[:2]) < SIDE + 1:
            pixels = resized(pixels, (SIDE + 1) / min(pixels.shape[:2]), 3)
        for again in range(count):
            cuts.append(photos.crop(pixels, np.random.default_rng([SEED, stream, number, again]), SIDE, (0.5, 0.92)))
            of.append(photo)
    return _pictures(tuple(of), cuts)


def _pictures(found: tuple[Photo, ...], pixels: list[Pixels]) -> Pictures:
    return Pictures(np.stack(pixels), tuple(photo.person for photo in found), tuple(photo.group for photo in found))


def _of(pictures: Pictures, pixels: Pixels) -> Pictures:
    return Pictures(pixels, pictures.people, pictures.groups)


def _every(pictures: Pictures, step: int, start: int) -> Pictures:
    return Pictures(pictures.pixels[start::step], pictures.people[start::step], pictures.groups[start::step])
