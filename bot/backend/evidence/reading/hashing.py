"""What two pictures of the same page have in common, however they were compressed or made smaller."""

import numpy as np
from numpy.typing import NDArray

SIDE = 128
KEPT = 32


def picture_hash(pixels: NDArray[np.uint8]) -> str:
    """A perceptual hash of 1024 bits (256 hex digits) by the lowest frequencies; `pixels` is height x width x BGR.

    Two bills of one shop differ by as little as 14 bits, so it hints and never tells (see docs/evidence.md).
    """
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:KEPT, :KEPT]
    return np.packbits(lowest > np.median(lowest)).tobytes().hex()
