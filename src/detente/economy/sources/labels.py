"""Explicit label maps: which label of a source becomes which label of a world.

Nothing is joined by position. A label of a source that no map names is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from detente.core.errors import LabelMismatch

SERVICES = "SERV"
REST = "ROW"

# The 22 goods sectors that the flows (27) and the shares (22) both can be brought to, and services as one.
SECTOR_NAMES: dict[str, str] = {
    "A01_02": "Agriculture and forestry",
    "A03": "Fishing",
    "B05_06": "Coal, oil and gas",
    "B07_08": "Ores and quarrying",
    "B09": "Mining support",
    "C10T12": "Food, beverages, tobacco",
    "C13T15": "Textiles, apparel, leather",
    "C16": "Wood",
    "C17_18": "Paper and printing",
    "C19": "Refined petroleum",
    "C20": "Chemicals",
    "C21": "Pharmaceuticals",
    "C22": "Rubber and plastics",
    "C23": "Glass, cement, ceramics",
    "C24": "Basic metals",
    "C25": "Metal products",
    "C26": "Electronics and optics",
    "C27": "Electrical equipment",
    "C28": "Machinery",
    "C29": "Motor vehicles",
    "C30": "Aircraft, ships, rail",
    "C31T33": "Furniture, toys, medical devices, other",
    SERVICES: "Services, utilities, construction",
}
SECTORS: tuple[str, ...] = tuple(SECTOR_NAMES)

# Flows file: 27 goods sectors and services -> sectors of the world.
FLOW_SECTORS: dict[str, str] = {
    "A01": "A01_02",
    "A02": "A01_02",
    "B05": "B05_06",
    "B06": "B05_06",
    "B07": "B07_08",
    "B08": "B07_08",
    "C24A": "C24",
    "C24B": "C24",
    "C301": "C30",
    "C302T309": "C30",
    "Services (aggregate)": SERVICES,
} | {code: code for code in SECTORS if code not in {"A01_02", "B05_06", "B07_08", "C24", "C30", SERVICES}}

# Shares file: 22 goods sectors under the world's own labels, 23 service sectors -> one.
SHARE_SERVICES: tuple[str, ...] = (
    "D", "E", "F", "G", "H49", "H50", "H51", "H52", "H53", "I", "J58T60", "J61", "J62_63", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T",
)  # fmt: skip
SHARE_SECTORS: dict[str, str] = {code: code for code in SECTORS if code != SERVICES} | dict.fromkeys(
    SHARE_SERVICES, SERVICES
)

# Economies that only the flows name; the shares hold them inside the rest of the world.
FLOW_ONLY_ECONOMIES: dict[str, str] = {"AGO": REST, "ARE": REST, "COD": REST, "STP": REST}

EU_MEMBERS: tuple[str, ...] = (
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL",
    "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
)  # fmt: skip

# NAICS prefix -> sector, longest prefix first. Medical devices (3391) are ISIC 325, in C31T33; chapters
# 98 and 99 of the US schedule (NAICS 980, 990) have no sector; scrap (910) and used goods (930) are
# placed by their HS6 code instead.
NAICS_SECTORS: dict[str, str] = {
    "1125": "A03", "114": "A03", "111": "A01_02", "112": "A01_02", "113": "A01_02", "115": "A01_02",
    "211": "B05_06", "2121": "B05_06", "2122": "B07_08", "2123": "B07_08", "213": "B09",
    "311": "C10T12", "312": "C10T12", "313": "C13T15", "314": "C13T15", "315": "C13T15", "316": "C13T15",
    "321": "C16", "322": "C17_18", "323": "C17_18", "511": "C17_18", "324": "C19",
    "3254": "C21", "325": "C20", "326": "C22", "327": "C23", "331": "C24", "332": "C25",
    "333314": "C26", "333315": "C26", "333316": "C26", "33331X": "C26", "333": "C28", "334": "C26",
    "335": "C27", "3361": "C29", "3362": "C29", "3363": "C29", "3364": "C30", "3365": "C30", "3366": "C30",
    "3369": "C30", "337": "C31T33", "339": "C31T33",
}  # fmt: skip

# GTAP sector -> sector. Electricity and piped gas are services in this world.
GTAP_SECTORS: dict[str, str] = {
    "PDR": "A01_02", "WHT": "A01_02", "GRO": "A01_02", "V_F": "A01_02", "OSD": "A01_02", "C_B": "A01_02",
    "PFB": "A01_02", "OCR": "A01_02", "CTL": "A01_02", "OAP": "A01_02", "RMK": "A01_02", "WOL": "A01_02",
    "FRS": "A01_02", "FSH": "A03", "COA": "B05_06", "OIL": "B05_06", "GAS": "B05_06", "OXT": "B07_08",
    "CMT": "C10T12", "OMT": "C10T12", "VOL": "C10T12", "MIL": "C10T12", "PCR": "C10T12", "SGR": "C10T12",
    "OFD": "C10T12", "B_T": "C10T12", "TEX": "C13T15", "WAP": "C13T15", "LEA": "C13T15", "LUM": "C16",
    "PPP": "C17_18", "P_C": "C19", "CHM": "C20", "BPH": "C21", "RPP": "C22", "NMM": "C23", "I_S": "C24",
    "NFM": "C24", "FMP": "C25", "ELE": "C26", "EEQ": "C27", "OME": "C28", "MVH": "C29", "OTN": "C30",
    "OMF": "C31T33", "ELY": SERVICES, "GDT": SERVICES,
}  # fmt: skip

# US Census country code -> label. Files of economies that the world does not name make up its ROW.
CENSUS_ECONOMIES: dict[str, str] = {
    "1220": "CAN", "2010": "MEX", "2230": "CRI", "3010": "COL", "3330": "PER", "3370": "CHL", "3510": "BRA",
    "3570": "ARG", "4039": "NOR", "4120": "GBR", "4359": "SVK", "4419": "CHE", "4621": "RUS", "4890": "TUR",
    "5081": "ISR", "5170": "SAU", "5330": "IND", "5350": "PAK", "5380": "BGD", "5490": "THA", "5520": "VNM",
    "5550": "KHM", "5570": "MYS", "5590": "SGP", "5600": "IDN", "5650": "PHL", "5700": "CHN", "5800": "KOR",
    "5820": "HKG", "5830": "TWN", "5880": "JPN", "6021": "AUS", "6141": "NZL", "7290": "EGY", "7530": "NGA",
    "7910": "ZAF", "0003": "EU",
    "2050": REST, "2110": REST, "2150": REST, "2190": REST, "2470": REST, "2740": REST, "3070": REST,
    "3310": REST, "5050": REST, "5130": REST, "5200": REST, "5420": REST, "7210": REST, "7620": REST,
}  # fmt: skip


def membership(
    source: Iterable[str], target: Sequence[str], mapping: Mapping[str, str], *, what: str
) -> np.ndarray:
    """The 0-1 matrix that adds source labels up to target labels [target, source].

    Raises:
        LabelMismatch: a source label without a target, or a target that nothing maps to.
    """
    labels = [str(label) for label in source]
    unknown = [label for label in labels if mapping.get(label) not in target]
    matrix = np.zeros((len(target), len(labels)))
    for column, label in enumerate(labels):
        if label not in unknown:
            matrix[target.index(mapping[label]), column] = 1.0
    empty = [label for label, total in zip(target, matrix.sum(axis=1), strict=True) if total == 0]
    if unknown or empty:
        raise LabelMismatch(
            f"{what}: {len(unknown)} labels without a place, {len(empty)} places without a label",
            why=f"source only: {', '.join(unknown) or 'none'}; target only: {', '.join(empty) or 'none'}",
            instead="extend the label map",
        )
    return matrix
