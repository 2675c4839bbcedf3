"""The track record as Markdown: what `detente track-record` prints and docs/track-record.md holds."""

from __future__ import annotations

from typing import Any

from detente.talks.questions import WORDS

NAMES = {
    "base_rate": "base rate",
    "nothing_changes": "nothing changes",
    "hazards": "our hazards",
    "outlook": "our outlook",
}


def markdown(data: dict[str, Any]) -> str:
    """The answer of `detente track-record` as a page."""
    level = round(100 * data["rules"]["interval_level_share"])
    parts = [
        f"# Track record of our odds: {data['dispute']}",
        f"Decision days from {data['from']} to {data['to']}; the record is checked to {data['checked_to']}. "
        f"{data['n']} questions are settled, {data['open_n']} are open. On each day a forecaster is given "
        f"what was public by its end. Lower is better; brackets are {level} percent intervals of a bootstrap "
        f"of blocks of {data['rules']['block_days']} days.",
        "The odds of a day use nothing later. The rules behind them (what is counted, how fast old cases are "
        "forgotten, what a case of others weighs) were written by people who knew how it went, and that "
        "flatters them; the base rate has no such rule.",
        "## Scores",
        _scores(data),
        _summary(data),
        "## Differences, question by question",
        'Brier score less that of the base rate and less that of "nothing changes": below zero is better '
        "than they. Told apart: both scores' intervals leave out zero, on 20 questions or more. Of many rows "
        "about one in ten would look told apart by chance alone.",
        _differences(data),
        "## Calibration",
        "Of the times that odds in a band were given, how often it happened. The brackets (Wilson) take "
        "questions as independent, which they are not: read them as too narrow.",
        _calibration(data),
        "## Named analysts",
        _analysts(data["analysts"]),
    ]
    if data["questions"]:
        parts += ["## What was said, and what happened", _questions(data["questions"])]
    return "\n\n".join(parts) + "\n"


def outlook_markdown(found: dict[str, Any], runs: int) -> str:
    """The section on the outlook, beside the other forecasters on the questions that it speaks of."""
    parts = [
        "## The outlook",
        f"`detente outlook` on every decision day, {runs} plays each, on the kinds of questions that its "
        f"plays speak of ({found['n']} settled). Its odds are those of the game, with priors as known on "
        "the day. No number was fitted to this; which duties count as new ones between the two and which "
        "open threats are played was mended after the misses of an earlier run, which flatters it a little.",
        *(_told(found, other) for other in ("base_rate", "nothing_changes")),
        _scores(found),
        _differences(found),
        _calibration(found),
    ]
    return "\n\n".join(parts) + "\n"


def _told(found: dict[str, Any], other: str) -> str:
    """Where the outlook is better or worse than another forecaster, and where nobody can say."""
    better, worse, unclear = [], [], []
    for row in found["table"]:
        if row["n"]:
            gap = row["forecasters"]["outlook"]["differences"][other]
            told = better if gap["brier"]["mean"] < 0 else worse
            (told if gap["told_apart"] else unclear).append(row["words"])
    return (
        f"Against {_quoted(other)}: better on {'; '.join(better) or 'nothing'}. Worse on "
        f"{'; '.join(worse) or 'nothing'}. Cannot be told apart on {'; '.join(unclear) or 'nothing'}."
    )


def _quoted(name: str) -> str:
    return f'"{_name(name)}"' if name == "nothing_changes" else f"the {_name(name)}"


def _name(name: str) -> str:
    return NAMES.get(name, name.replace("_", " "))


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _span(score: dict[str, Any], digits: int = 3) -> str:
    return f"{score['mean']:.{digits}f} [{score['low']:.{digits}f}, {score['high']:.{digits}f}]"


def _scores(data: dict[str, Any]) -> str:
    rows = []
    for row in data["table"]:
        for name, score in row["forecasters"].items():
            rows.append(
                [
                    row["words"], str(row["n"]), str(row["happened_n"]), _name(name), _span(score["brier"]),
                    _span(score["log"]),
                ]
            )  # fmt: skip
    return _table(["question", "n", "yes", "forecaster", "Brier", "log"], rows)


def _questions(rows: list[dict[str, Any]]) -> str:
    """Every question with the odds given on the day and the answer, oldest first."""
    names = list(rows[0]["odds_share"])
    answers = {None: "open", True: "yes", False: "no"}
    return _table(
        ["asked", "question", "until", *(f"{_name(name)}, percent" for name in names), "happened", "by"],
        [
            [
                row["asked"],
                WORDS[row["kind"]] + (f" ({row['about']})" if row["about"] else ""),
                row["until"],
                *(f"{100 * row['odds_share'][name]:.0f}" for name in names),
                answers[row["happened"]],
                row["by"] or "",
            ]
            for row in rows
        ],
    )


def _summary(data: dict[str, Any]) -> str:
    """Where ours can be told from the base rate and where it cannot, in one paragraph."""
    kinds = {row["kind"]: row["words"] for row in data["table"] if row["n"]}
    unclear = {row["kind"] for row in data["not_told_apart"] if row["forecaster"] == "hazards"}
    if not any("hazards" in row["forecasters"] for row in data["table"]):
        return ""
    clear = [words for kind, words in kinds.items() if kind not in unclear]
    doubtful = [words for kind, words in kinds.items() if kind in unclear]
    return (
        f"Our hazards can be told from the base rate on: {'; '.join(clear) or 'nothing'}. "
        f"They cannot be told from it on: {'; '.join(doubtful) or 'nothing'}."
    )


def _differences(data: dict[str, Any]) -> str:
    rows = []
    for row in data["table"]:
        for name, score in row["forecasters"].items():
            for other, gap in score["differences"].items():
                if name == "base_rate":
                    continue
                rows.append(
                    [row["words"], _name(name), _name(other), _span(gap["brier"]), _span(gap["log"]),
                     "yes" if gap["told_apart"] else "no"]
                )  # fmt: skip
    return _table(["question", "forecaster", "against", "Brier", "log", "told apart"], rows)


def _calibration(data: dict[str, Any]) -> str:
    rows = [
        [_name(name), f"{100 * b['from_share']:.0f} to {100 * b['to_share']:.0f}", str(b["n"]),
         f"{100 * b['mean_odds_share']:.0f}",
         f"{100 * b['happened_share']:.0f} [{100 * b['low_share']:.0f}, {100 * b['high_share']:.0f}]"]
        for name, bins in data["calibration"].items()
        for b in bins
        if b["n"]
    ]  # fmt: skip
    return _table(["forecaster", "odds, percent", "n", "mean odds", "happened, percent"], rows)


def _analysts(found: dict[str, Any]) -> str:
    scored = [row for row in found["claims"] if row["brier"] is not None]
    others = [row for row in found["claims"] if row["brier"] is None]
    half = found["odds_of_one_half"]
    parts = []
    if scored:
        parts.append(
            f"{found['n']} claims give odds and are settled; mean Brier {found['all']['brier']:.3f}, log "
            f"{found['all']['log']:.3f}, where odds of one half would get {half['brier']:.2f} and "
            f"{half['log']:.3f}. So few claims rank nobody. Words stand for the middle of their range in "
            f"ICD 203 ({found['words_source']})."
        )
        parts.append(
            _table(
                ["by", "day", "claim", "words", "odds, percent", "happened", "Brier"],
                [
                    [row["by"], row["date"], row["claim"], str(row["term"]), f"{100 * row['odds_share']:.0f}",
                     "yes" if row["happened"] else "no", f"{row['brier']:.3f}"]
                    for row in scored
                ],
            )
        )  # fmt: skip
    if others:
        parts.append("Not scored, and why:")
        parts.append(
            _table(
                ["by", "day", "claim", "why not"],
                [[row["by"], row["date"], row["claim"], row["why_not"]] for row in others],
            )
        )
    return "\n\n".join(parts) or "No forecast of an analyst is on record in these days."
