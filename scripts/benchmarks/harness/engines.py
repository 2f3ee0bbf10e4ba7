"""The shell and its peers: how each is found, started and read."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "factsh-bench"
SECONDS = {"ms": 0.001, "s": 1.0}


class Engine:
    """One program that answers: its script is `load`, then a timer is turned on, then `query`."""

    name = ""
    suffix = ".txt"
    timer = ""
    # What a line that tells the time of a query looks like: wall clock, then processor.
    timing = None
    comment = "#"

    def find(self):
        """The path of the program, or None."""
        return shutil.which(self.name)

    def version(self, path):
        out = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        return out.split("\n")[0].strip()

    def script(self, load, query):
        return f"{load.strip()}\n{self.timer}\n{query.strip()}\n"

    def command(self, path, script, base=None, one_by_one=False):
        """The arguments, and the file for standard input or None.

        `base` is a file that keeps facts, where the engine is not to have them in memory alone;
        `one_by_one` makes each line of the script a statement that is kept by itself.
        """
        raise NotImplementedError

    def times(self, out, err):
        """Query time, wall clock and processor, or None where the engine does not tell."""
        found = [self.read_time(m) for m in re.finditer(self.timing, out + "\n" + err)]
        if not found:
            return None
        return tuple(sum(column) for column in zip(*found))

    def read_time(self, match):
        real, user, system = (float(group) for group in match.groups())
        return real, user + system

    def answer(self, out):
        """The lines of the answer."""
        return [line for line in out.split("\n") if line and not re.match(self.timing, line)]


class Factsh(Engine):
    name = "factsh"
    suffix = ".dl"
    timer = ".timer on"
    timing = r"(?m)^.*took ([0-9.]+) ms, ([0-9.]+) ms of processor time"

    def find(self):
        path = pathlib.Path(os.environ.get("FACTSH") or ROOT / ".build" / "release" / "factsh")
        return str(path) if path.exists() else None

    def command(self, path, script, base=None, one_by_one=False):
        options = ["--base", str(base)] if base else []
        texts = [str(script)]
        if one_by_one:
            lines = script.read_text(encoding="utf-8").split("\n")
            texts = [word for line in lines if line.strip() for word in ("-c", line)]
        return [path, "--no-init", "--batch", "-m", "tsv", *options, *texts], None

    def read_time(self, match):
        return float(match[1]) / 1000, float(match[2]) / 1000

    def answer(self, out):
        # Each answer begins with the names of its columns.
        found = super().answer(out)
        return [line for line in found if line != found[0]]


class DuckDB(Engine):
    name = "duckdb"
    suffix = ".sql"
    timer = ".timer on"
    timing = r"(?m)^Run Time \(s\): real ([0-9.]+) user ([0-9.]+) sys ([0-9.]+)"

    def find(self):
        for folder in sorted(CACHE.glob("peers/duckdb-*"), reverse=True):
            binary = folder / "duckdb_cli" / "duckdb"
            if binary.exists():
                return str(binary)
        path = shutil.which("duckdb")
        # A launcher in Python would add its own start to every run.
        if path and open(path, "rb").read(4) == b"\x7fELF":
            return path
        return None

    def install(self):
        """Unpacks the binary from its wheel, which pip downloads."""
        target = CACHE / "peers"
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", target, "duckdb-cli"],
            check=True,
        )
        for wheel in target.glob("duckdb_cli-*.whl"):
            folder = target / f"duckdb-{wheel.name.split('-')[1]}"
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
            (folder / "duckdb_cli" / "duckdb").chmod(0o755)
            wheel.unlink()

    def command(self, path, script, base=None, one_by_one=False):
        options = ["-init", "/dev/null", "-batch", "-list", "-noheader", "-separator", "\t"]
        return [path, *options, str(base or ":memory:")], script


class SQLite(Engine):
    name = "sqlite"
    suffix = ".sql"
    timer = ".timer on"
    timing = r"(?m)^Run Time: real ([0-9.]+) user ([0-9.]+) sys ([0-9.]+)"

    def find(self):
        return shutil.which("sqlite3")

    def version(self, path):
        return super().version(path).split(" ")[0]

    def command(self, path, script, base=None, one_by_one=False):
        return [path, "-init", "/dev/null", "-batch", "-tabs", "-noheader", str(base or ":memory:")], script


class Prolog(Engine):
    name = "swipl"
    suffix = ".pl"
    timing = r"(?m)^Run Time: real ([0-9.]+) user ([0-9.]+) sys ([0-9.]+)"

    def script(self, load, query):
        prelude = (HERE / "prelude.pl").read_text(encoding="utf-8")
        return f"{prelude}\n{load.strip()}\n{query.strip()}\n"

    def command(self, path, script, base=None, one_by_one=False):
        return [path, "-q", "--stack-limit=8g", "-g", "main,halt", str(script)], None


class Souffle(Engine):
    """Compiled; its compilation is not counted, and it tells no time of the query alone."""

    name = "souffle"
    suffix = ".dl"
    timing = r"(?!)"

    def version(self, path):
        out = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        found = re.search(r"Version: *(\S+)", out)
        return found[1] if found else "of some version"

    def script(self, load, query):
        return f"{load.strip()}\n{query.strip()}\n"

    def command(self, path, script, base=None, one_by_one=False):
        text = script.read_bytes()
        binary = CACHE / "compiled" / hashlib.sha256(text).hexdigest()[:16]
        if not binary.exists():
            binary.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run([path, "-o", binary, script], check=True, stdout=subprocess.DEVNULL)
        # Files are written beside the script, whose text is then the same in each run. Where there
        # are none, a folder of "-" would print whole relations in place of their sizes.
        return [str(binary)] + ([f"-D{script.parent}"] if b".output" in text else []), None

    def answer(self, out):
        # Outputs stand between rules; a size stands behind the name of its relation.
        lines = (re.sub(r"^[a-z]\w*\t", "", line) for line in out.split("\n"))
        return [line for line in lines if re.fullmatch(r"[-0-9][-0-9.\t]*", line)]


ENGINES = {engine.name: engine for engine in (Factsh(), DuckDB(), SQLite(), Prolog(), Souffle())}


def engine_of(spelling):
    """The engine of a spelling: `duckdb-distinct` is a second one for duckdb."""
    return ENGINES[spelling.split("-")[0]]
