"""How the cost of a solve grows with economies and sectors, as a table and a drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import median_ms, residual_ms
from benchmarks.rows import ready, solved
from benchmarks.worlds import war
from detente.economy.prepare import forget
from detente.economy.solve import solve_prepared
from detente.economy.synthetic import synthetic_world
from detente.economy.world import World

SIZES = (
    ("one sector", ((10, 1), (30, 1), (60, 1), (100, 1), (190, 1))),
    ("23 sectors", ((10, 23), (20, 23), (40, 23), (77, 23))),
    ("77 economies", ((77, 5), (77, 11), (77, 23), (77, 45))),
)

QUICK = 1000
"""Cells up to which a quick run goes."""

COLOURS = ("#0b5394", "#b45f06", "#38761d")


@dataclass(frozen=True)
class Size:
    """One point of a curve.

    Attributes:
        curve: its name.
        economies, sectors: of the world.
        solve_ms, residual_ms, prepare_ms: medians.
        factor_reads: of the solve.
    """

    curve: str
    economies: int
    sectors: int
    solve_ms: float
    residual_ms: float
    prepare_ms: float
    factor_reads: int

    @property
    def cells(self) -> int:
        """Economies times sectors."""
        return self.economies * self.sectors


def grow(*, quick: bool) -> list[Size]:
    """Solve 145% / 125% duties on made-up worlds of each size."""
    found = []
    for curve, sizes in SIZES:
        for economies, sectors in sizes:
            if quick and economies * sectors > QUICK:
                continue
            found.append(_measured(curve, synthetic_world(economies, sectors, services=int(sectors > 1))))
            forget()
    return found


def _measured(curve: str, world: World) -> Size:
    def anew() -> None:
        forget()
        ready(world)

    prepare_ms = median_ms(anew, 1)
    prepared, policy = ready(world), war(world)
    reads = solved(prepared, policy).certificate.factor_reads
    took = median_ms(lambda: solve_prepared(prepared, policy), 5)
    economies, sectors = len(world.economies), len(world.sectors)
    return Size(curve, economies, sectors, took, residual_ms(prepared), prepare_ms, reads)


def draw(sizes: list[Size], path: Path) -> None:
    """Time of a solve (full line) and of one residual (dashed) against cells, both in logs, as SVG."""
    width, height, left, top, right, bottom = 640, 400, 66, 28, 530, 352
    times = [t for size in sizes for t in (size.solve_ms, size.residual_ms)]
    low_x, high_x = (math.log10(f(size.cells for size in sizes)) for f in (min, max))
    low_y, high_y = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))

    def at(cells: float, ms: float) -> tuple[float, float]:
        across = left + 10 + (math.log10(cells) - low_x) / (high_x - low_x) * (right - left - 20)
        return across, bottom - (math.log10(ms) - low_y) / (high_y - low_y) * (bottom - top)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Time of a solve against the size of the world">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="16">145% / 125% duties: a solve (full), one residual (dashed)</text>',
        f'<text x="{(left + right) // 2}" y="{height - 8}" text-anchor="middle">economies x sectors</text>',
    ]
    for power in range(low_y, high_y + 1):
        y = at(10**low_x, 10.0**power)[1]
        out.append(f'<path d="M{left} {y:.1f}H{right}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>')
    for power in range(math.ceil(low_x), math.floor(high_x) + 1):
        x = at(10.0**power, 10.0**low_y)[0]
        out.append(f'<path d="M{x:.1f} {top}V{bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    for colour, (curve, _) in zip(COLOURS, SIZES, strict=True):
        mine = [size for size in sizes if size.curve == curve]
        for kind, fill, dash in (
            ("solve_ms", colour, ""),
            ("residual_ms", "#fff", ' stroke-dasharray="4 3"'),
        ):
            points = [at(size.cells, getattr(size, kind)) for size in mine]
            line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            out.append(f'<path d="M{line}" fill="none" stroke="{colour}"{dash}/>')
            for x, y in points:
                out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}" stroke="{colour}"/>')
        x, y = at(mine[-1].cells, mine[-1].solve_ms)
        out.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{curve}</text>')
    path.write_text("\n".join([*out, "</svg>"]) + "\n", encoding="utf-8")
