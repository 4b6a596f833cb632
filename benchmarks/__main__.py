"""Measure accuracy, calibration, time and memory of Forecastle beside others.

    python -m benchmarks [--cases uk12,skus] [--contestants forecastle,prophet]
                         [--windows N] [--series N] [--data DIR] [--out DIR]

See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from benchmarks.cases import CASES, FOLDER, REPORTED, Case
from benchmarks.contestants import AUTOGLUON_PYTHON, CONTESTANTS, Contestant
from benchmarks.measuring import Cost, measure
from benchmarks.results import CaseResult, Entry, as_json, as_markdown, case_table
from benchmarks.scoring import Score, score
from benchmarks.tasks import write_task

_OUT = Path("build") / "benchmarks"
# Models that would download pretrained weights are left out; this makes sure.
_OFFLINE = {"HF_HUB_OFFLINE": "1"}


def main() -> int:
    options = _parsed(sys.argv[1:])
    if not options.data.is_dir():
        print(f"no data: there is no folder {options.data}; use --data", file=sys.stderr)
        return 2
    results: list[CaseResult] = []
    for name in options.cases:
        case = CASES[name](options.data).smaller(options.windows, options.series)
        result = run_case(case, [CONTESTANTS[each] for each in options.contestants], options.out)
        results.append(result)
        print(f"\n{case_table(result)}\n", flush=True)
        _write(results, options.out)  # after each case: an interrupted run leaves what it has
    print(f"written: {options.out / 'results.md'}, {options.out / 'results.json'}")
    failed = any(e.cost is not None and e.score is None for r in results for e in r.entries)
    return 1 if failed else 0


def run_case(case: Case, contestants: Iterable[Contestant], out: Path) -> CaseResult:
    """Every contestant on one case, one after the other; forecasts and logs stay in ``out``."""
    place = out / case.name
    place.mkdir(parents=True, exist_ok=True)
    print(f"{case.title}: {len(case.windows)} windows, {len(case.items):,} series", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        write_task(case, Path(folder))
        entries = tuple(_run(case, each, Path(folder), place) for each in contestants)
    return CaseResult(case.name, case.title, len(case.windows), len(case.items), entries)


def _run(case: Case, contestant: Contestant, task: Path, place: Path) -> Entry:
    interpreter = contestant.interpreter
    if interpreter is None:
        return Entry(contestant, note=f"not installed; {AUTOGLUON_PYTHON} names its Python")
    print(f"  {contestant.title} ...", end="", flush=True)
    target, log = place / f"{contestant.name}.parquet", place / f"{contestant.name}.log"
    target.unlink(missing_ok=True)
    module = f"benchmarks.peers.{contestant.name}"
    cost = measure([interpreter, "-m", module, str(task), str(target)], log, _OFFLINE)
    entry = _entry(case, contestant, cost, target, log)
    loss = entry.score.average_quantile_loss if entry.score else float("nan")
    print(f" wQL {loss:.4f}, {cost.seconds:.1f} s {entry.note}", flush=True)
    return entry


def _entry(case: Case, contestant: Contestant, cost: Cost, target: Path, log: Path) -> Entry:
    if cost.exit_code != 0:
        return Entry(contestant, cost=cost, note=f"failed with {cost.exit_code}; see {log}")
    try:
        found: Score = score(case, pl.read_parquet(target))
    except ValueError as error:
        return Entry(contestant, cost=cost, note=str(error))
    versions = json.loads(target.with_suffix(".json").read_text())
    return Entry(contestant, found, cost, versions=versions)


def _write(results: list[CaseResult], out: Path) -> None:
    (out / "results.json").write_text(json.dumps(as_json(results), indent=1))
    (out / "results.md").write_text(as_markdown(results))


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--cases", type=_among(CASES), default=list(REPORTED), help=f"of {', '.join(CASES)}"
    )
    parser.add_argument(
        "--contestants",
        type=_among(CONTESTANTS),
        default=list(CONTESTANTS),
        help=f"of {', '.join(CONTESTANTS)}",
    )
    parser.add_argument("--windows", type=int, help="only the last N windows, for a try")
    parser.add_argument("--series", type=int, help="only N series, for a try")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the data")
    parser.add_argument("--out", type=Path, default=_OUT, help=f"default {_OUT}")
    return parser.parse_args(arguments)


def _among(known: Iterable[str]):
    """Reads a comma-separated list of known names."""

    def names(text: str) -> list[str]:
        found = [name.strip() for name in text.split(",")]
        if unknown := [name for name in found if name not in known]:
            raise argparse.ArgumentTypeError(
                f"{', '.join(unknown)} not known; use {', '.join(known)}"
            )
        return found

    return names


if __name__ == "__main__":
    sys.exit(main())
