"""Cases: read from their folders, with data made once for each size."""

import dataclasses
import json
import pathlib
import shutil
import tomllib

from . import generators
from .engines import CACHE

FOLDER = pathlib.Path(__file__).resolve().parents[1]


@dataclasses.dataclass
class Query:
    """What is asked of a case, in the spelling of each engine."""

    name: str
    asks: str
    target: dict
    spellings: dict
    # Whether the answer is a file that the engine writes: `out.tsv` in its folder.
    writes: bool = False
    # Whether an answer `2..3` of the shell counts as its upper bound.
    takes_upper: bool = False
    # Where one process answers many queries, their time is taken between two files written.
    marks: bool = False
    # Whether each line is a statement of its own, and the facts are kept in a file of the run.
    is_kept: bool = False
    sizes: tuple = ("s", "m", "l")


@dataclasses.dataclass
class Case:
    name: str
    title: str
    generator: str
    seed: int
    sizes: dict
    loads: dict
    queries: list
    # What makes a file that is opened by each run, by engine.
    bases: dict = dataclasses.field(default_factory=dict)

    def folder(self, size):
        """The folder of the data, made if it is not there."""
        arguments = self.sizes[size]
        # The name holds all that the data depend on, so that a changed case makes its own.
        parts = [self.generator, f"seed{self.seed}"]
        parts += [f"{key}{value}" for key, value in sorted(arguments.items())]
        folder = CACHE / "data" / "-".join(parts)
        done = folder / "done.json"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            generators.TABLE[self.generator](folder, self.seed, **arguments)
            done.write_text(json.dumps(arguments))
        return folder


def read(folder):
    text = (folder / "case.toml").read_text(encoding="utf-8")
    fields = tomllib.loads(text)
    data = fields["data"]
    queries = [
        Query(
            name=name, asks=query["asks"], target=query.get("target", {}),
            spellings=query["text"], writes=query.get("writes", False),
            takes_upper=query.get("takes_upper", False), marks=query.get("marks", False),
            is_kept=query.get("kept", False),
            sizes=tuple(query.get("sizes", ("s", "m", "l"))),
        )
        for name, query in fields["query"].items()
    ]
    return Case(
        name=folder.name, title=fields["title"], generator=data["generator"],
        seed=data.get("seed", 1), sizes={key: data.get(key, {}) for key in ("s", "m", "l")},
        loads=fields.get("load", {}), queries=queries, bases=fields.get("base", {}),
    )


def all_cases():
    return [read(path.parent) for path in sorted(FOLDER.glob("*/case.toml"))]
