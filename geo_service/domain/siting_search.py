"""A search under way: its time, its best answer, what none can beat, and who watches."""

import time
from typing import Final

from geo_service.domain.siting import Progress, Watch

# Watching must cost nothing beside solving.
_TOLD_EVERY_S: Final = 0.1


class Search:
    """Best answer and bound so far, smaller is better; ``sign`` -1 turns them for the watcher."""

    def __init__(
        self, seconds: float, watch: Watch | None = None, *, step: int = 1, steps: int = 1
    ) -> None:
        self._began = time.perf_counter()
        self._seconds = seconds
        self._watch = watch
        self._told = -_TOLD_EVERY_S
        self._step, self._steps = step, steps
        self.sign = 1.0
        self.offset = 0.0
        self.best: float | None = None
        self.bound: float | None = None
        self.cancelled = False

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self._began

    @property
    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(self._seconds - self.elapsed, 0.0)

    @property
    def over(self) -> bool:
        """Whether it has to end: the time is up, or the watcher has had enough."""
        return self.cancelled or self.remaining == 0.0

    def asked(self) -> bool:
        """Ask the watcher, and return whether it has to end: what long work does now and then."""
        self.tell()
        return self.over

    def aside(self) -> "Search":
        """Return a search with the same limit and watcher, whose findings are its own."""
        return _Aside(self)

    def found(self, best: float) -> None:
        """Note an answer; a worse one than known changes nothing."""
        if self.best is None or best < self.best:
            self.best = best
        self.tell()

    def proved(self, bound: float) -> None:
        """Note that nothing is better than this."""
        if self.bound is None or bound > self.bound:
            self.bound = bound
        self.tell()

    def tell(self) -> None:
        """Let the watcher know, unless he has just been told."""
        now = self.elapsed
        if self._watch is None or self.cancelled or now - self._told < _TOLD_EVERY_S:
            return
        self._told = now
        progress = Progress(
            best=self._turned(self.best),
            bound=self._turned(self.bound),
            seconds=now,
            step=self._step,
            steps=self._steps,
        )
        if self._watch(progress) is False:
            self.cancelled = True

    def _turned(self, value: float | None) -> float | None:
        return None if value is None else self.sign * value + self.offset


class _Aside(Search):
    """A search within a search, for a question that the watcher did not ask."""

    def __init__(self, outer: Search) -> None:
        super().__init__(outer.remaining)
        self._outer = outer

    def tell(self) -> None:
        self._outer.tell()
        self.cancelled = self._outer.cancelled
