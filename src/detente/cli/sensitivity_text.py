"""`detente spread` and `detente exposure` for a reader."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table

CAUSES = {
    "model_share": "model",
    "elasticities_share": "elasticities",
    "theta_scale_share": "their scale",
    "sampling_share": "their sampling error",
    "closure_share": "closure",
    "revenue_use_share": "use of revenue",
    "interactions_share": "interactions",
}


def print_spread(data: dict[str, Any]) -> None:
    """Intervals and shares of variance by economy, and which order holds throughout."""
    levels = ", ".join(
        f"{len(values)} {cause}" for cause, values in data["levels"].items() if len(values) > 1
    )
    say(f"{data['measure']} over {data['runs']} combinations: {levels or 'one of everything'}")
    rows = [
        (
            data["names"][label],
            *(f"{row[key]:+.3f}" for key in ("lowest", "low_5", "median", "high_95", "highest")),
            (row["largest_cause"] or "").replace("_", " "),
        )
        for label, row in data["economies"].items()
    ]
    table(("economy", "lowest", "5%", "median", "95%", "highest", "turns most on"), rows)
    say()
    heading("Share of the variance by cause, percent")
    shares = [
        (
            data["names"][label],
            *(
                "" if row["variance_shares"][key] is None else f"{100 * row['variance_shares'][key]:.0f}"
                for key in CAUSES
            ),
        )
        for label, row in data["economies"].items()
    ]
    table(("economy", *CAUSES.values()), shares)
    for pair in data["order"]:
        first, second = (data["names"][label] for label in pair["pair"])
        if pair["lower_in_all"] is None:
            part = 100 * pair["first_lower_share"]
            say(f"{first} stands below {second} in {part:.0f}% of combinations: open")
        else:
            lower = data["names"][pair["lower_in_all"]]
            say(f"{lower} stands below {second if lower == first else first} in every combination")
    for level in data["left_out_of_shares"]:
        say(f"left out of the shares, since combinations with it have no equilibrium: {level}")
    say(f"{data['certified']} of {data['runs']} certified, largest residual {data['largest_residual']:.0e}")


def print_exposure(data: dict[str, Any]) -> None:
    """Partners or sectors of each economy: a percent more cost, and the full cut."""
    columns = (
        "",
        "buying from: 1% dearer",
        "cut off",
        "selling to: 1% dearer",
        "cut off",
        "its exports 1% dearer",
    )
    for label, entries in data["economies"].items():
        heading(f"{data['names'][label]}: change of real income, percent")
        rows = [
            (
                entry["sector"] or data["names"][entry["partner"]],
                f"{entry['supplier_percent_per_cost_percent']:+.4f}",
                _cut(entry["supplier_cut_percent"]),
                f"{entry['market_percent_per_cost_percent']:+.4f}",
                _cut(entry["market_cut_percent"]),
                f"{entry['anywhere_percent_per_cost_percent']:+.4f}",
            )
            for entry in entries
        ]
        table(columns, rows)
        say()


def _cut(value: float | None) -> str:
    return "no equilibrium" if value is None else f"{value:+.3f}"
