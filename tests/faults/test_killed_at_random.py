"""Web, worker or PostgreSQL are killed at random points of five hundred steps; nothing is lost, nothing happens twice.

Real processes, a real cluster of PostgreSQL. A failure names the seed and the step: `TONGBAN_SEED=7` walks the same way
again, as far as processes can be made to do the same twice. `make soak` kills a hundred times.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Timer
from typing import Any

import psycopg
import pytest
from tests.factories.fixtures import PACKS
from tests.factories.nodes import Node, serving
from tests.faults import holding
from tests.faults.story import APPLICANTS, Story

from tongban.core.packs.pack import Pack
from tongban.doors.cli import packs

pytestmark = [pytest.mark.slow]

STEPS = 500
TARGETS = ("web", "worker", "database", "web-process", "session")
SOAK = "TONGBAN_SOAK" in os.environ
ROUNDS, KILLS = (5, 20) if SOAK else (1, 5)
SECONDS_TO_SETTLE = 60


class Killer:
    """Kills at steps and after delays that follow from a seed; what is meant to happen is settled beforehand."""

    def __init__(self, node: Node, random: Random, first: int, kills: int) -> None:
        self.node = node
        at = sorted(random.sample(range(first + 20, first + STEPS - 10), kills))
        targets = [
            one for _ in range(-(-kills // len(TARGETS))) for one in random.sample(TARGETS, len(TARGETS))
        ]
        self.plan = {step: (what, random.uniform(0, 0.12)) for step, what in zip(at, targets, strict=False)}
        self.done: list[str] = []
        self._running: list[Timer] = []

    def strike(self, step: int) -> None:
        if step in self.plan:
            what, delay = self.plan.pop(step)
            timer = Timer(delay, self.node.kill, [what])
            timer.start()
            self._running.append(timer)
            self.done.append(f"{what} at step {step} after {delay * 1000:.0f} ms")

    def rest(self) -> bool:
        """Wait for what was begun; whether there was anything."""
        waited = bool(self._running)
        for timer in self._running:
            timer.join()
        self._running.clear()
        return waited


@contextmanager
def checking(node: Node) -> Iterator[psycopg.Connection[Any]]:
    """A session whose reads are all of one moment; what is written in it is undone."""
    with psycopg.connect(node.url) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield session
        session.rollback()


def jobs(node: Node) -> list[Any]:
    """What the worker has on its hands, for whoever reads a failure."""
    with psycopg.connect(node.url) as session:
        return session.execute(
            "SELECT task_name, status, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()


def lives(node: Node, waiting: list[str]) -> list[Any]:
    """What happened to the cases that something is owed to."""
    with psycopg.connect(node.url) as session:
        return session.execute(
            "SELECT c.number, c.state, c.afterwards, e.event, e.day, e.role FROM cases_case c "
            "JOIN cases_caseevent e ON e.case_id = c.id WHERE c.number = ANY(%s) ORDER BY c.number, e.sequence",
            ([words.rpartition(" ")[2] for words in waiting],),
        ).fetchall()


def settle(node: Node, story: Story, pack: Pack) -> list[str]:
    """Let the worker come to the end of its work; what is owed even then."""
    end = time.monotonic() + SECONDS_TO_SETTLE
    turn = 0
    while True:
        with checking(node) as session:
            waiting = holding.owed(session, story.told, pack)
        if not waiting or time.monotonic() > end:
            return waiting
        if turn % 10 == 0:
            story.age_messages()
            story.let_time_pass()
        turn += 1
        time.sleep(0.3)


def test_what_was_acknowledged_is_there_once_whatever_is_killed() -> None:
    seed = int(os.environ.get("TONGBAN_SEED", "20261127"))
    pack = packs.read_clean(PACKS / "cn-qingqu")
    began = time.monotonic()
    killed = 0
    with serving(applicants=APPLICANTS, DJANGO_SETTINGS_MODULE="tests.faults.untypeset") as node:
        print(f"the node answers after {time.monotonic() - began:.0f} s")
        story = Story(node, seed)
        for turn in range(ROUNDS):
            killer = Killer(node, Random(seed + turn), turn * STEPS, KILLS)
            where = f"seed {seed}, round {turn}"

            def before(step: int, killer: Killer = killer, where: str = where) -> None:
                if killer.rest():
                    node.wait()
                    with checking(node) as session:
                        wrong = holding.broken(session, story.told, pack)
                    assert not wrong, f"{where}, step {step}, after {killer.done[-1]}: {wrong}"
                killer.strike(step)

            try:
                story.walk(STEPS, before)
            except AssertionError as error:
                raise AssertionError(f"{where}, step {story.steps}, killed {killer.done}: {error}") from error
            killer.rest()
            waiting = settle(node, story, pack)
            assert not waiting, (
                f"{where}, killed {killer.done}: {waiting}\n{lives(node, waiting)}\n{jobs(node)}\n{node.said()}"
            )
            with checking(node) as session:
                wrong = holding.broken(session, story.told, pack)
            assert not wrong, f"{where}, killed {killer.done}: {wrong}"
            assert not killer.plan
            killed += len(killer.done)
            print(
                f"{time.monotonic() - began:.0f} s, {where}: {story.steps} steps, killed {len(killer.done)} times, {story.retried} requests repeated"
            )
        assert "The audit is whole." in node.run("-m", "tongban.doors.cli.main", "audit", "verify")
        print(
            f"{killed} kills in {time.monotonic() - began:.0f} s: {len(story.told.submitted)} submissions, "
            f"{sum(map(len, story.told.acts.values()))} acts of officers, {len(story.told.due)} timers"
        )
        assert killed == ROUNDS * KILLS
        assert len(story.told.submitted) >= 8 * ROUNDS
        assert len(set(story.told.due.values())) >= 2
