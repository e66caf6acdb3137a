"""How the random numbers of every block of simulated trials are made, so that any can be redrawn.

ADEMP asks that the state of the generator be stored (Morris, White & Crowther 2019, Stat Med
38:2074, section 4.1). Here every block has generators of its own, whose states follow from seed,
stream and block; they are written down all the same.
"""

from typing import Any

from planner.rng import BLOCK_SIZE, EXPLORATION_BLOCK, Stream, block_sizes, generator
from planner.scenario import MonteCarlo
from planner.search.null_grid import FRESH_BLOCK

DERIVATION = (
    "numpy.random.Generator(numpy.random.PCG64DXSM(numpy.random.SeedSequence("
    "entropy=seed, spawn_key=(stream, block))))"
)
MEANING = {
    Stream.OUTCOME: "outcomes",
    Stream.ATTRITION: "who leaves when",
    Stream.SEX: "women and men, where they are recruited as they come",
    Stream.TRUTH: "truths drawn from the design prior",
    Stream.INFERENCE: "analyses that sample",
}


def random_numbers(settings: MonteCarlo) -> dict[str, Any]:
    """Rule, streams and the state of every generator before its first draw, as plain data.

    States are whole numbers of 128 bits, written as text. Trial t is number t mod 1000 of block
    t div 1000; the same block has the same generators whatever the truth, the size, the analysis
    and the number of threads.
    """
    return {
        "seed": settings.seed,
        "draw": settings.draw,
        "derivation": DERIVATION,
        "block_size": BLOCK_SIZE,
        "first_block": {
            "results": 0,
            "search for the size": EXPLORATION_BLOCK,
            "confirmation of the largest type I error": FRESH_BLOCK,
        },
        "streams": {stream.name.lower(): {"number": int(stream), "draws": what}
                    for stream, what in MEANING.items()},
        "blocks": [
            {
                "block": block,
                "first_trial": block * BLOCK_SIZE,
                "trials": size,
                "states": {s.name.lower(): _state(settings.seed, s, block) for s in Stream},
            }
            for block, size in enumerate(block_sizes(settings.n_trials))
        ],
    }  # fmt: skip


def _state(seed: int, stream: Stream, block: int) -> dict[str, str]:
    """State and increment of PCG64DXSM."""
    inner = generator(seed, stream, block).bit_generator.state["state"]
    return {name: str(inner[name]) for name in ("state", "inc")}
