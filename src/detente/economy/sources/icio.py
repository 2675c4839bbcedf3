"""Flows and shares from OECD's Inter-Country Input-Output tables, as two public repositories hold them.

Flows are of 2022 and 81 economies x 28 sectors, shares of 2020 and 77 x 45; both are brought to the
77 x 23 labels of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.core.errors import MissingData
from detente.economy.sources import labels

FLOWS_FILE = "worlds/icio2022_flows_81x28.npz"
SHARES_FILE = "worlds/icio2020_shares_77x45.npz"


@dataclass(frozen=True)
class Flows:
    """Trade and duties at the world's labels.

    Attributes:
        economies: labels [N].
        value: basic-price flows before duty, USD million, 2022 [importer, exporter, sector].
        array_duty: the duties that come with the flows (about 2021), fractions; merged labels are
            averaged by value [importer, exporter, sector].
        sub_value: cross-border world trade of each source sector, USD million [source sector].
        sub_sectors: labels of the source sectors.
        elasticity_sets: name -> values by source sector.
    """

    economies: tuple[str, ...]
    value: np.ndarray
    array_duty: np.ndarray
    sub_value: np.ndarray
    sub_sectors: tuple[str, ...]
    elasticity_sets: dict[str, np.ndarray]


@dataclass(frozen=True)
class Shares:
    """Technology and tastes of 2020 at the source's 45 sectors.

    Attributes:
        economies, sectors: labels.
        value_added: value added over gross output [N, 45].
        inputs: spending of user j on input k over output of j [N, k, j].
        final: share in final spending [N, 45].
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    value_added: np.ndarray
    inputs: np.ndarray
    final: np.ndarray


def raw_file(data_dir: Path, name: str) -> Path:
    """The path of a raw file.

    Raises:
        MissingData: it is not there.
    """
    path = data_dir / name
    if not path.exists():
        raise MissingData(
            f"no file {name}",
            where=str(data_dir),
            why="the world is built from it",
            instead="point --data at the data folder that the documentation of the world describes",
        )
    return path


def read_flows(data_dir: Path, economies: tuple[str, ...]) -> Flows:
    """Flows, duties and elasticity sets, brought to the labels of the world.

    Args:
        data_dir: folder of the raw data.
        economies: labels of the world; economies that only the flows name join its ROW.
    """
    with np.load(raw_file(data_dir, FLOWS_FILE)) as archive:
        source = [str(label) for label in archive["economies"]]
        sectors = [str(label) for label in archive["sectors"]]
        value, duty = archive["flows"], archive["applied_tariff"]
        sets = {
            name.removeprefix("elasticity_"): archive[name]
            for name in archive.files
            if name.startswith("elasticity_")
        }
    place = {label: label for label in source} | labels.FLOW_ONLY_ECONOMIES
    to_economy = labels.membership(source, economies, place, what="economies of the flows")
    to_sector = labels.membership(sectors, labels.SECTORS, labels.FLOW_SECTORS, what="sectors of the flows")

    def merge(array: np.ndarray) -> np.ndarray:
        return np.einsum("am,bx,cs,mxs->abc", to_economy, to_economy, to_sector, array, optimize=True)

    merged = merge(value)
    # Duties of merged labels are averaged by value; where there is no trade, simply. ROW itself has 0 for
    # "missing" in the source, so its members with data (AGO, ARE, COD, STP) stand for it.
    known = np.array([label != labels.REST for label in source], dtype=float)
    weight = np.einsum("m,x,mxs->mxs", known, known, np.ones_like(value))
    traded, pairs = merge(value * weight), merge(weight)
    by_value = merge(duty * value * weight) / np.where(traded > 0, traded, 1.0)
    average = np.where(traded > 0, by_value, merge(duty * weight) / np.where(pairs > 0, pairs, 1.0))
    abroad = value * (1 - np.eye(len(source)))[:, :, None]
    return Flows(economies, merged, average, abroad.sum(axis=(0, 1)), tuple(sectors), sets)


def read_shares(data_dir: Path) -> Shares:
    """Shares of 2020; the file's [economy, user, input] becomes [economy, input, user]."""
    with np.load(raw_file(data_dir, SHARES_FILE)) as archive:
        return Shares(
            tuple(str(label) for label in archive["economies"]),
            tuple(str(label) for label in archive["sectors"]),
            archive["value_added_share"],
            archive["input_share"].transpose(0, 2, 1).copy(),
            archive["final_share"],
        )


def services_output(shares: Shares, output: np.ndarray, deficit: np.ndarray) -> np.ndarray:
    """Gross output of each service sector, which no file holds, in USD million of 2022 [N, services].

    With goods output known, the output of services solves Y = alpha I + Gamma' Y with
    I = value added + D; the result is scaled to the one services output that the flows show.

    Args:
        shares: of 2020.
        output: gross output at the world's labels [N, 23].
        deficit: imports less exports [N].
    """
    goods = [shares.sectors.index(code) for code in labels.SECTORS if code != labels.SERVICES]
    services = [shares.sectors.index(code) for code in labels.SHARE_SERVICES]
    goods_output = output[:, [labels.SECTORS.index(shares.sectors[g]) for g in goods]]
    result = np.zeros((len(shares.economies), len(services)))
    for n in range(len(shares.economies)):
        alpha, inputs, value_added = shares.final[n], shares.inputs[n], shares.value_added[n]
        income_from_goods = value_added[goods] @ goods_output[n] + deficit[n]
        system = (
            np.eye(len(services))
            - inputs[np.ix_(services, services)]
            - np.outer(alpha[services], value_added[services])
        )
        demand = alpha[services] * income_from_goods + inputs[np.ix_(services, goods)] @ goods_output[n]
        solved = np.linalg.solve(system, demand)
        if solved.min() < -1e-9 * abs(solved).max():
            # A large trade surplus can leave no positive solution; use the economy without trade then.
            system = np.eye(len(services)) - inputs[np.ix_(services, services)]
            solved = np.linalg.solve(system, alpha[services] * output[n].sum() + 1e-12)
        solved = np.maximum(solved, 0.0)
        result[n] = solved / solved.sum() * output[n, labels.SECTORS.index(labels.SERVICES)]
    return result


def merge_services(
    shares: Shares, output: np.ndarray, deficit: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares with the service sectors merged, weighted by gross output.

    Returns:
        value_added_share [N, J], input_share [N, k, j], final_share [N, J].
    """
    weights = services_output(shares, output, deficit)
    matrix = labels.membership(
        shares.sectors, labels.SECTORS, labels.SHARE_SECTORS, what="sectors of the shares"
    )
    within = np.zeros((len(shares.economies), len(labels.SECTORS), len(shares.sectors)))
    for column, code in enumerate(shares.sectors):
        within[:, labels.SECTORS.index(labels.SHARE_SECTORS[code]), column] = 1.0
    services = [shares.sectors.index(code) for code in labels.SHARE_SERVICES]
    within[:, labels.SECTORS.index(labels.SERVICES), services] = weights / weights.sum(axis=1, keepdims=True)
    value_added = np.einsum("njs,ns->nj", within, shares.value_added)
    inputs = np.einsum("ks,nsu,nju->nkj", matrix, shares.inputs, within)
    return value_added, inputs, shares.final @ matrix.T
