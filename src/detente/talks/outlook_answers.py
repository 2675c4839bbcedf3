"""Policies of an outlook through the economy: what is kept is taken, the rest is shared out and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente import __version__
from detente.core.fingerprint import fingerprint
from detente.economy.worlds import world_hash
from detente.policy import SectorPolicy
from detente.strategy.kept import Kept
from detente.talks import expectations
from detente.talks.outlook import Outlook, Question
from detente.talks.outlook_economy import Answer, Answers, Solve, theta_of, work_out, world_of
from detente.talks.outlook_states import content_key
from detente.talks.outlook_sweep import Pool

SOLVED_TOGETHER = 16
"""Policies in a task of the economy."""

Progress = Callable[[str], None]


def through_the_economy(
    outlook: Outlook,
    pool: Pool,
    *,
    until: float | None = None,
    progress: Progress = lambda _: None,
) -> Answers | None:
    """Every policy of an outlook on every horizon, as it stands and as buyers act on it; None past the time.

    What is left undone where the time ends is left out whole.
    """
    question = outlook.question
    policies = outlook.policies()
    plain = _solved(question, dict.fromkeys(question.horizons, policies), pool, until, progress)
    if plain is None:
        return None
    if not question.sourcing:
        return Answers(plain, {}, sum(len(found) for found in plain.values()))
    world, _ = world_of(question.setting)
    acted = {
        horizon: expectations.acted_on(
            policies,
            world.duty,
            outlook.odds,
            theta_of(world, question.setting, horizon),
            question.tie_months,
        )
        for horizon in question.horizons
    }
    sourced = _solved(question, acted, pool, until, progress)
    solved = sum(len(found) for found in plain.values())
    solved += sum(len(found) for found in (sourced or {}).values())
    return Answers(plain, sourced or {}, solved)


def _solved(
    question: Question,
    policies: Mapping[str, Mapping[str, SectorPolicy]],
    pool: Pool,
    until: float | None,
    progress: Progress,
) -> dict[str, dict[str, Answer | str]] | None:
    """Horizon -> policy -> answer; None where the time ended before all were there."""
    first, second = question.game.sides
    kept = Kept()
    code = fingerprint(
        question.setting, (first, second), world_hash(question.setting.world_name), __version__
    )
    found: dict[str, dict[str, Answer | str]] = {horizon: {} for horizon in policies}
    tasks, names = [], []
    for horizon, by_key in policies.items():
        stored = {key: _stored_as(code, horizon, policy) for key, policy in by_key.items()}
        rows = kept.get(list(stored.values()))
        found[horizon] = {
            key: Answer.of_row(rows[name], (first, second)) for key, name in stored.items() if name in rows
        }
        keys = [key for key in by_key if key not in found[horizon]]
        for start in range(0, len(keys), SOLVED_TOGETHER):
            part = keys[start : start + SOLVED_TOGETHER]
            tasks.append(Solve(question.setting, horizon, (first, second), tuple(by_key[k] for k in part)))
            names.append((horizon, part, [stored[k] for k in part]))
    done = 0
    for number, answers in pool.work(work_out, tasks, until):
        horizon, part, places = names[number]
        found[horizon].update(zip(part, answers, strict=True))
        pairs = zip(places, answers, strict=True)
        kept.put({place: answer.as_row() for place, answer in pairs if isinstance(answer, Answer)})
        done += 1
        progress(f"outlook: economy, {done} of {len(tasks)} parts ({pool.name})")
    return found if done == len(tasks) else None


def _stored_as(code: str, horizon: str, policy: SectorPolicy) -> bytes:
    return f"outlook {code[:24]} {horizon} {content_key(policy)}".encode()
