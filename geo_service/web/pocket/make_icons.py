"""Draw the icons of a phone's home screen, as static/icon.svg has them: run it after a change.

    python -m geo_service.web.pocket.make_icons

Written with numpy and zlib alone: four shapes need no drawing library.
"""

import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

STATIC: Final = Path(__file__).parents[1] / "static" / "pocket"
SIZES: Final = (192, 512)

_TEAL: Final = (15, 118, 110, 255)
_WHITE: Final = (255, 255, 255, 255)
_SIDE: Final = 32.0  # of the box that the shapes are drawn in
_RADIUS: Final = 7.0
_HOUSE: Final = ((7.0, 16.0), (16.0, 8.0), (25.0, 16.0), (25.0, 25.0), (7.0, 25.0))
_DOOR: Final = ((13.0, 19.0), (19.0, 19.0), (19.0, 25.0), (13.0, 25.0))
_SAMPLES: Final = 4  # a pixel, along each side

_Floats = NDArray[np.float64]
_Mask = NDArray[np.bool_]


def drawn(size: int, *, maskable: bool) -> NDArray[np.uint8]:
    """Return the icon's pixels, shape (size, size, 4); a maskable one fills its square."""
    steps = (np.arange(size * _SAMPLES) + 0.5) * _SIDE / (size * _SAMPLES)
    x, y = np.meshgrid(steps, steps)
    canvas = np.zeros((*x.shape, 4))
    canvas[np.full(x.shape, fill_value=True) if maskable else _rounded_square(x, y)] = _TEAL
    canvas[_inside(_HOUSE, x, y)] = _WHITE
    canvas[_inside(_DOOR, x, y)] = _TEAL
    # Averaged with the alpha as weight, so that no dark seam shows at the round corners.
    alpha = canvas[..., 3:]
    shape = (size, _SAMPLES, size, _SAMPLES, 4)
    summed = (np.concatenate([canvas[..., :3] * alpha, alpha], axis=2)).reshape(shape)
    summed = summed.sum(axis=(1, 3))
    covered = np.maximum(summed[..., 3:], 1.0)
    pixels = np.concatenate(
        [summed[..., :3] / covered, summed[..., 3:] / (_SAMPLES * _SAMPLES)], axis=2
    )
    return np.round(pixels).astype(np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels as PNG, 8 bits a channel, with alpha."""
    height, width, _ = pixels.shape
    # Each line begins with its filter: none.
    lines = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [_chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b"")]
    )


def write() -> None:
    """Write every icon."""
    for size in SIZES:
        for maskable in (False, True):
            (STATIC / name_of(size, maskable=maskable)).write_bytes(
                png(drawn(size, maskable=maskable))
            )


def name_of(size: int, *, maskable: bool) -> str:
    """Return the name of an icon's file."""
    return f"icon-{size}{'-maskable' if maskable else ''}.png"


def _chunk(kind: bytes, body: bytes) -> bytes:
    checked = kind + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


def _rounded_square(x: _Floats, y: _Floats) -> _Mask:
    beyond_x = np.maximum(np.abs(x - _SIDE / 2) - (_SIDE / 2 - _RADIUS), 0.0)
    beyond_y = np.maximum(np.abs(y - _SIDE / 2) - (_SIDE / 2 - _RADIUS), 0.0)
    inside: _Mask = np.hypot(beyond_x, beyond_y) <= _RADIUS
    return inside


def _inside(corners: tuple[tuple[float, float], ...], x: _Floats, y: _Floats) -> _Mask:
    """Say which places lie in a convex shape whose corners go round clockwise on the screen."""
    inside = np.full(x.shape, fill_value=True)
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0
    return inside


if __name__ == "__main__":
    write()
