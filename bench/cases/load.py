"""Clients in a closed loop: each asks again as soon as it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Barrier, Thread
from time import perf_counter


@dataclass
class Measured:
    clients: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    """Of what was answered well, in milliseconds."""
    refused: Counter[str] = field(default_factory=Counter)
    """What else came back, or did not."""

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def share(self, part: float) -> float:
        """Milliseconds within which this part of all answers came."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("inf")

    def __str__(self) -> str:
        told = f"{self.clients:3} clients {self.rate:8.1f}/s   p50 {self.share(0.5):7.1f} ms   p95 {self.share(0.95):7.1f} ms"
        return told + (f"   refused: {dict(self.refused)}" if self.refused else "")


def run(works: Sequence[Callable[[], str]], seconds: float) -> Measured:
    """Each work is one client's request; it gives an empty text for a good answer. Ends after so many seconds, or when
    a work raises StopIteration."""
    measured = Measured(len(works))
    ready = Barrier(len(works) + 1)

    def loop(work: Callable[[], str]) -> None:
        times: list[float] = []
        refused: Counter[str] = Counter()
        ready.wait()
        end = perf_counter() + seconds
        while (start := perf_counter()) < end:
            try:
                said = work()
            except StopIteration:
                break
            except Exception as error:
                said = f"{type(error).__name__}: {error}"[:160]
            if said:
                refused[said] += 1
            else:
                times.append((perf_counter() - start) * 1000)
        measured.times += times
        measured.refused += refused

    threads = [Thread(target=loop, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    ready.wait()
    began = perf_counter()
    for thread in threads:
        thread.join()
    measured.seconds = perf_counter() - began
    return measured
