"""What happens to screenshots on their way."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageFilter


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def telegram(image: Image.Image, rng: random.Random) -> Image.Image:
    """At most 1280 pixels on the long side, JPEG."""
    small = image.copy()
    small.thumbnail((1280, 1280), Image.Resampling.BICUBIC)
    return _jpeg(small, rng.randint(78, 87))


def cropped(image: Image.Image, rng: random.Random) -> Image.Image:
    """Without the status bar, the lowest part and a strip at the sides."""
    width, height = image.size
    side = round(width * rng.uniform(0, 0.02))
    return image.crop(
        (side, round(width * rng.uniform(0.06, 0.09)), width - side, height - round(width * rng.uniform(0, 0.06)))
    )


def rotated(image: Image.Image, rng: random.Random) -> Image.Image:
    angle = rng.choice([-1, 1]) * rng.uniform(0.4, 2)
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=image.getpixel((2, 2)))


def blurred(image: Image.Image, rng: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(image.width / 1080 * rng.uniform(1, 1.8)))


def small(image: Image.Image, rng: random.Random) -> Image.Image:
    """640 pixels wide."""
    return image.resize((640, round(image.height * 640 / image.width)), Image.Resampling.BICUBIC)


def turned(image: Image.Image, rng: random.Random) -> Image.Image:
    """A quarter or half turn, as from a camera without a sense of gravity."""
    return image.transpose(
        rng.choice([Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
    )


DAMAGES: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "none": lambda image, rng: image,
    "telegram": telegram,
    "cropped": cropped,
    "rotated": rotated,
    "blurred": blurred,
    "640 px": small,
}
