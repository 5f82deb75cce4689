"""How much of a list of stages is done, and how long the rest will take."""
from __future__ import annotations

from collections.abc import Sequence

from oadp_mm.stages.stage import Stage

# Until this much work is done the expected times weigh more than the measured ones.
PRIOR_SECONDS = 30.0


class Outlook:
    """Accounts for stages by the seconds that they were expected to take.

    The time to go is the expected seconds of the work that is left, times how much slower or
    faster this machine has been than expected so far.

    Args:
        stages: all that are to run; their `seconds` are the weights.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._total = sum(stage.seconds for stage in stages)
        self._kept = 0.0  # of work skipped: neither done now nor left
        self._done = 0.0  # of stages that ran now
        self._resumed = False
        self.stage: Stage | None = None
        self.share = 0.0  # of the stage

    @property
    def finished(self) -> float:
        """The share of all work that needs no more doing."""
        return (self._kept + self._done + self._under_way) / self._total

    def seconds_left(self, elapsed: float) -> float:
        """Seconds to go after `elapsed` seconds of this run."""
        done = self._done + self._under_way
        left = self._total - self._kept - done
        return left * (elapsed + PRIOR_SECONDS) / (done + PRIOR_SECONDS)

    def skip(self, stage: Stage) -> None:
        """A stage that an earlier run finished."""
        self._kept += stage.seconds

    def begin(self, stage: Stage, resumed: bool) -> None:
        """A stage starts now."""
        self.stage, self.share, self._resumed = stage, 0.0, resumed

    def reach(self, share: float) -> None:
        """The stage has come so far."""
        assert self.stage is not None
        if self._resumed:  # what lies before the first step of a resumed training is not new
            self._kept += self.stage.seconds * share
            self._done -= self.stage.seconds * share
            self._resumed = False
        self.share = max(self.share, share)

    def end(self, failed: bool = False) -> None:
        """The stage is over; what a failed one would still have taken is not to go."""
        assert self.stage is not None
        share = self.share if failed else 1.0
        self._done += self.stage.seconds * share
        self._kept += self.stage.seconds * (1 - share)
        self.stage, self.share = None, 0.0

    @property
    def _under_way(self) -> float:
        return self.stage.seconds * self.share if self.stage else 0.0
