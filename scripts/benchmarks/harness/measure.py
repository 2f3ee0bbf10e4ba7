"""Runs: one process each, its times, memory and answer."""

import dataclasses
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

from .engines import CACHE, engine_of
from .generators import NotAvailable

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Run:
    """What one process took. Times in seconds, memory in megabytes."""

    wall: float = 0.0
    cpu: float = 0.0
    query: float | None = None
    query_cpu: float | None = None
    peak: float = 0.0
    answer: tuple = ()
    problem: str = ""


def fill(text, **places):
    for name, value in places.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def read_text(folder, text):
    """`{file:NAME}` in a spelling stands for the text of a file of the data."""
    return re.sub(
        r"\{file:([^}]+)\}", lambda m: (folder / m[1]).read_text(encoding="utf-8").rstrip(), text
    )


def base_of(case, size, engine, path):
    """The file that each run opens, made once for each version of the data and the program."""
    if engine.name not in case.bases:
        return None
    program = os.stat(path)
    text = f"{case.folder(size)} {case.bases[engine.name]} {program.st_size} {program.st_mtime_ns}"
    base = CACHE / "bases" / f"{case.name}-{size}-{engine.name}-{zlib.crc32(text.encode()):08x}"
    if not base.exists():
        base.parent.mkdir(parents=True, exist_ok=True)
        # Those of earlier versions would only take room.
        for old in base.parent.glob(f"{case.name}-{size}-{engine.name}-*"):
            old.unlink()
        half = base.with_name(base.name + ".half")
        with tempfile.TemporaryDirectory(prefix="factsh-bench-") as place:
            script = pathlib.Path(place) / f"script{engine.suffix}"
            script.write_text(fill(case.bases[engine.name], data=case.folder(size)), encoding="utf-8")
            arguments, source = engine.command(path, script, base=half)
            with open(source or os.devnull, encoding="utf-8") as given:
                subprocess.run(arguments, stdin=given, stdout=subprocess.DEVNULL, check=True)
        half.rename(base)
        for rest in base.parent.glob(f"{base.name}.half*"):
            rest.unlink()
    return base


def run(case, query, size, spelling, path, limit, checks_files=True):
    """Runs one spelling of a query once."""
    engine = engine_of(spelling)
    folder = case.folder(size)
    load = case.loads.get(spelling, case.loads.get(engine.name, ""))
    with tempfile.TemporaryDirectory(prefix="factsh-bench-") as place:
        place = pathlib.Path(place)
        text = read_text(folder, engine.script(load, query.spellings[spelling]))
        script = place / f"script{engine.suffix}"
        script.write_text(fill(text, data=folder, out=place), encoding="utf-8")
        base = place / "base" if query.is_kept else base_of(case, size, engine, path)
        arguments, source = engine.command(path, script, base, one_by_one=query.is_kept)
        result = start(arguments, source, place, limit)
        out = (place / "stdout").read_text(encoding="utf-8", errors="replace")
        err = (place / "stderr").read_text(encoding="utf-8", errors="replace")
        if result.problem == "failed":
            result.problem = (err.strip() or out.strip() or "failed").split("\n")[0][:200]
        if result.problem:
            return result
        if query.marks:
            begin, end = (os.stat(place / f"{name}.csv").st_mtime_ns for name in ("begin", "end"))
            result.query = (end - begin) / 1e9
        else:
            result.query, result.query_cpu = engine.times(out, err) or (None, None)
        if query.writes:
            result.answer = file_answer(place / "out.tsv", engine.name == "factsh", checks_files)
        else:
            result.answer = normal(engine.answer(out), query.takes_upper)
        return result


def start(arguments, source, place, limit):
    """Starts a process and waits for it, at most so many seconds."""
    figures = place / "figures"
    subprocess.run(
        [
            sys.executable, "-I", "-S", HERE / "launch.py", figures, str(limit),
            source or os.devnull, place / "stdout", place / "stderr", *arguments,
        ],
        cwd=place, check=True,
    )
    wall, cpu, peak, status, expired = (float(word) for word in figures.read_text().split())
    result = Run(wall=wall, cpu=cpu, peak=peak)
    if expired:
        result.problem = f"stopped after {limit:.0f} s"
    elif status != 0:
        result.problem = "failed"
    return result


def normal(lines, takes_upper):
    """An answer that engines can agree on: the fields of its lines, or a checksum of many lines."""
    if takes_upper:
        lines = [re.sub(r"[^\t]*\.\.", "", line) for line in lines]
    # Bounds that are equal are one value.
    lines = [re.sub(r"(?<![^\t])([0-9]+)\.\.\1(?![^\t])", r"\1", line) for line in lines]
    if len(lines) <= 20:
        return tuple(sorted(lines))
    total = sum(zlib.crc32(line.encode()) for line in lines)
    return (f"{len(lines)} lines", f"checksum {total & 0xFFFFFFFF:08x}")


def file_answer(path, has_header, checks):
    """The number of lines of a file, and a checksum that does not depend on their order."""
    count = total = 0
    with open(path, "rb") as lines:
        if has_header:
            next(lines)
        if checks:
            for line in lines:
                count += 1
                total += zlib.crc32(line)
        else:
            count = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))
    if not checks:
        return (f"{count} lines",)
    return (f"{count} lines", f"checksum {total & 0xFFFFFFFF:08x}")


@dataclasses.dataclass
class Comparison:
    """All runs of one query of a case at one size, by spelling; runs of one index are a pair."""

    case: object
    query: object
    size: str
    runs: dict
    skipped: str = ""

    @property
    def peers(self):
        return [name for name in self.runs if name != "factsh"]

    def problem(self, spelling):
        return next((run.problem for run in self.runs[spelling] if run.problem), "")

    def answers_agree(self, spelling):
        """Whether a peer gives the answer of the shell, which may be the shorter form of it."""
        mine = self.runs["factsh"][0].answer
        return mine == self.runs[spelling][0].answer

    def ratios(self, spelling, measure):
        """By pair: how many times as much as the shell the peer needs."""
        found = []
        for mine, other in zip(self.runs["factsh"], self.runs[spelling]):
            a, b = getattr(mine, measure), getattr(other, measure)
            if a is None or b is None:
                return []
            floor = 0.0005 if measure.startswith("query") else 1e-6
            found.append(max(b, floor) / max(a, floor))
        return found

    def median(self, spelling, measure):
        found = [getattr(run, measure) for run in self.runs[spelling]]
        if not found or any(value is None for value in found):
            return None
        return statistics.median(found)


def compare(case, query, size, paths, limit, pairs, say):
    """Runs a query on the shell and all peers in turn, round after round."""
    spellings = [name for name in query.spellings if engine_of(name).name in paths]
    comparison = Comparison(case, query, size, {name: [] for name in spellings})
    if size not in query.sizes:
        comparison.skipped = f"not asked at size {size}"
        return comparison
    try:
        case.folder(size)
    except NotAvailable as missing:
        comparison.skipped = str(missing)
        return comparison
    active = list(spellings)
    rounds = pairs or 5
    done = 0
    while done < rounds:
        began = time.perf_counter()
        # The first becomes the last in every other round, so that none always follows the same one.
        for spelling in active if done % 2 == 0 else active[::-1]:
            path = paths[engine_of(spelling).name]
            result = run(case, query, size, spelling, path, limit, checks_files=done == 0)
            comparison.runs[spelling].append(result)
            if result.problem:
                say(f"{case.name}/{query.name} {size}: {spelling}: {result.problem}")
        active = [name for name in active if not comparison.problem(name)]
        done += 1
        if "factsh" not in active:
            break
        took = time.perf_counter() - began
        if not pairs:
            # Short ones are repeated often, long ones once or thrice.
            rounds = 9 if took < 0.5 else 5 if took < 8 else 3 if took < 20 else 1
    return comparison
