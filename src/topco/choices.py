"""What a user chooses of how a question is answered, by its codes: the reading of the law, which companies are tops."""

from __future__ import annotations

from typing import Final, Literal, get_args

Reading = Literal["codified", "enforced", "article"]
"""How the law is read; `rules/regulation/readings.ttl` says what each means, and a test that there are no others."""
READINGS: Final[tuple[str, ...]] = get_args(Reading)
OpenTop = Literal["strict", "as-recorded"]
"""Whether the highest recorded company counts as the top where no source says that it has no parent."""
OPEN_TOPS: Final[tuple[str, ...]] = get_args(OpenTop)
STRICT: Final = "strict"
AS_RECORDED: Final = "as-recorded"
