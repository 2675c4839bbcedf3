"""Economies and places: labels, names, and the zone in which each one's law counts its days."""

from __future__ import annotations

ZONES: dict[str, str] = {
    "USA": "America/New_York",
    "CHN": "Asia/Shanghai",
    "HKG": "Asia/Hong_Kong",
    "MAC": "Asia/Macau",
    "TWN": "Asia/Taipei",
    "JPN": "Asia/Tokyo",
    "KOR": "Asia/Seoul",
    "IND": "Asia/Kolkata",
    "CAN": "America/Toronto",
    "MEX": "America/Mexico_City",
    "BRA": "America/Sao_Paulo",
    "GBR": "Europe/London",
    "CHE": "Europe/Zurich",
    "EUN": "Europe/Brussels",
    "NLD": "Europe/Amsterdam",
    "AUS": "Australia/Sydney",
    "VNM": "Asia/Ho_Chi_Minh",
    "WTO": "Europe/Zurich",
}
"""IANA zone of each party whose acts the record dates; others use UTC."""

NAMES: dict[str, str] = {
    "ARE": "United Arab Emirates", "ARG": "Argentina", "AUS": "Australia", "AUT": "Austria",
    "BEL": "Belgium", "BGD": "Bangladesh", "BGR": "Bulgaria", "BLR": "Belarus", "BRA": "Brazil",
    "BRN": "Brunei", "CAN": "Canada", "CHE": "Switzerland", "CHL": "Chile", "CHN": "China",
    "CIV": "Côte d'Ivoire", "CMR": "Cameroon", "COL": "Colombia", "CRI": "Costa Rica", "CYP": "Cyprus",
    "CZE": "Czechia", "DEU": "Germany", "DNK": "Denmark", "EGY": "Egypt", "ESP": "Spain",
    "EST": "Estonia", "EUN": "European Union", "FIN": "Finland", "FRA": "France", "GBR": "United Kingdom",
    "GRC": "Greece", "HKG": "Hong Kong", "HRV": "Croatia", "HUN": "Hungary", "IDN": "Indonesia",
    "IND": "India", "IRL": "Ireland", "ISL": "Iceland", "ISR": "Israel", "ITA": "Italy",
    "JOR": "Jordan", "JPN": "Japan", "KAZ": "Kazakhstan", "KHM": "Cambodia", "KOR": "South Korea",
    "LAO": "Laos", "LTU": "Lithuania", "LUX": "Luxembourg", "LVA": "Latvia", "MAC": "Macau",
    "MAR": "Morocco", "MEX": "Mexico", "MLT": "Malta", "MMR": "Myanmar", "MYS": "Malaysia",
    "NGA": "Nigeria", "NLD": "Netherlands", "NOR": "Norway", "NZL": "New Zealand", "PAK": "Pakistan",
    "PER": "Peru", "PHL": "Philippines", "POL": "Poland", "PRT": "Portugal", "ROU": "Romania",
    "ROW": "Rest of the world", "RUS": "Russia", "SAU": "Saudi Arabia", "SEN": "Senegal",
    "SGP": "Singapore", "SVK": "Slovakia", "SVN": "Slovenia", "SWE": "Sweden", "THA": "Thailand",
    "TUN": "Tunisia", "TUR": "Türkiye", "TWN": "Taiwan", "UKR": "Ukraine", "USA": "United States",
    "VNM": "Vietnam", "ZAF": "South Africa", "WTO": "World Trade Organization",
}  # fmt: skip
"""Plain English names of labels."""


OTHER_LABELS = frozenset([
    "AFG", "AGO", "BHR", "BHS", "BIH", "BOL", "BWA", "COD", "CUB", "DOM", "DZA", "ECU", "FJI", "GHA",
    "GNQ", "GTM", "GUY", "HND", "IRN", "IRQ", "KWT", "LBY", "LIE", "LKA", "LSO", "MDA", "MDG", "MKD",
    "MOZ", "MUS", "MWI", "NAM", "NIC", "NRU", "OMN", "PNG", "PRK", "QAT", "SLV", "SRB", "SYR", "TCD",
    "TTO", "UGA", "URY", "VEN", "VUT", "ZMB", "ZWE", "ETH", "KEN", "LBN", "MNG", "NPL", "PAN", "PRY",
    "TZA", "UZB", "AZE", "ARM", "GEO", "KGZ", "TJK", "TKM", "YEM", "BLR", "ALB", "MNE",
])  # fmt: skip
"""Labels of places that measures name and no world has by itself."""


PLACES = sorted({*NAMES, *OTHER_LABELS, "ALL"})
"""Every known label; ALL stands for every origin."""


def is_place(label: str) -> bool:
    """Whether a label is known; ALL stands for every origin."""
    return label in NAMES or label in OTHER_LABELS or label == "ALL"


def name_of(label: str) -> str:
    """The plain name of an economy, or the label itself where none is kept."""
    return NAMES.get(label, label)


_WITH_ARTICLE = {"USA", "EUN", "GBR", "NLD", "PHL", "ARE", "ROW", "WTO"}


def the(label: str) -> str:
    """The name as it stands inside a sentence: the United States, China."""
    name = name_of(label)
    return f"the {name[0].lower() + name[1:] if label == 'ROW' else name}" if label in _WITH_ARTICLE else name


def zone_of(label: str) -> str:
    """The zone in which this party's law counts its days."""
    return ZONES.get(label, "UTC")
