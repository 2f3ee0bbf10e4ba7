"""Data for the cases: each generator writes files into a folder, the same for the same seed."""

import gzip
import os
import pathlib
import random

SHARED = os.environ.get("FACTSH_SHARED", "../shared")
BLOCK = 100_000


class NotAvailable(Exception):
    """The data of a case is not on this machine."""


def lines(path, header, rows):
    """Writes rows of text, tab-separated, in blocks."""
    with open(path, "w", encoding="utf-8") as out:
        if header:
            out.write(header + "\n")
        block = []
        for row in rows:
            block.append(row)
            if len(block) == BLOCK:
                out.write("\n".join(block) + "\n")
                block.clear()
        if block:
            out.write("\n".join(block) + "\n")


def days(first_year, years):
    """All days of some years as ISO dates, of 28 days a month."""
    return [
        f"{year}-{month:02}-{day:02}"
        for year in range(first_year, first_year + years)
        for month in range(1, 13)
        for day in range(1, 29)
    ]


def nothing(folder, seed):
    """A case that needs no data."""


def filings(folder, seed, rows, companies, lookups=0):
    """Facts of five columns: who, what, how much, when, from where."""
    chance = random.Random(seed)
    concepts = [f"concept_{i}" for i in range(500)]
    dates = days(2015, 10)
    sources = [f"source_{i}" for i in range(200)]

    def make():
        pick, number = chance.choice, chance.random
        for _ in range(rows):
            yield (
                f"company_{int(number() * companies)}\t{pick(concepts)}\t"
                f"{int(number() * 1_000_000)}\t{pick(dates)}\t{pick(sources)}"
            )

    lines(folder / "facts.tsv", "subject\tconcept\tvalue\tfiled\tsource", make())
    if not lookups:
        return
    asked = [f"company_{chance.randrange(companies)}" for _ in range(lookups)]
    lines(folder / "lookup.dl", None, (f"fact({a}, C, V, D, W)?" for a in asked))
    lines(
        folder / "lookup.sql", None,
        (f"select distinct concept, value, filed, source from fact where subject = '{a}';" for a in asked),
    )
    lines(folder / "lookup.pl", None, (f"asked({a})." for a in asked))


def notices(folder, seed, people):
    """Who is employed where, where companies are, and the notices they filed; 8 rows for 5 people."""
    chance = random.Random(seed)
    companies = max(people // 50, 10)
    cities = max(companies // 100, 5)
    number = chance.random
    dates = days(2023, 3)
    lines(
        folder / "employed.tsv", "person\tcompany",
        (f"person_{i}\tcompany_{int(number() * companies)}" for i in range(people)),
    )
    lines(
        folder / "located.tsv", "company\tcity",
        (f"company_{i}\tcity_{int(number() * cities)}" for i in range(companies)),
    )
    lines(
        folder / "filed.tsv", "id\tcompany\tpositions\tfiled",
        (
            f"notice_{i}\tcompany_{int(number() * companies)}\t{int(1100 * number() ** 3) + 5}"
            f"\t{chance.choice(dates)}"
            for i in range(people * 3 // 5)
        ),
    )


def uncertain_notices(folder, seed, people):
    """The same, with a column that says how sure each row is: 1 in 100 is `possible`."""
    notices(folder, seed, people)
    chance = random.Random(seed + 1)
    for name in ("employed", "located", "filed"):
        with open(folder / f"{name}.tsv", encoding="utf-8") as rows:
            header = next(rows).rstrip("\n")
            lines(
                folder / f"{name}_sure.tsv", header + "\tsure",
                (f"{row.rstrip()}\t{sureness(chance)}" for row in rows),
            )


def sureness(chance):
    return "possible" if chance.random() < 0.01 else "certain"


def write_edges(folder, edges, chance):
    """`edge.tsv`, and `edge_sure.tsv` in which 1 of 100 is `possible`."""
    lines(folder / "edge.tsv", "a\tb", (f"{a}\t{b}" for a, b in edges))
    lines(
        folder / "edge_sure.tsv", "a\tb\tsure", (f"{a}\t{b}\t{sureness(chance)}" for a, b in edges)
    )


def chain(folder, seed, nodes):
    """One edge from each node to the next; the nodes bear names."""
    write_edges(
        folder, [(f"n{i}", f"n{i + 1}") for i in range(nodes - 1)], random.Random(seed)
    )


def random_graph(folder, seed, nodes, edges):
    """Distinct edges between random nodes."""
    chance = random.Random(seed)
    found = set()
    while len(found) < edges:
        found.add((chance.randrange(nodes), chance.randrange(nodes)))
    write_edges(folder, [(f"n{a}", f"n{b}") for a, b in sorted(found)], chance)


def wiki_vote(folder, seed):
    """The votes of wiki-Vote, a real graph that lies beside the project."""
    root = pathlib.Path(__file__).resolve().parents[3]
    places = [root / SHARED / folder / "wiki-Vote.txt.gz" for folder in ("data/graphs", "graphs")]
    source = next((place for place in places if place.exists()), None)
    if source is None:
        raise NotAvailable(f"{places[0].resolve()} is not there")
    with gzip.open(source, "rt", encoding="utf-8") as rows:
        edges = [tuple(row.split()) for row in rows if not row.startswith("#")]
    write_edges(folder, [(f"n{a}", f"n{b}") for a, b in edges], random.Random(seed))


def ownership(folder, seed, companies):
    """A tree: each company belongs to an earlier one; `asked.txt` names one with much below it."""
    chance = random.Random(seed)
    parents = [0] * companies
    for i in range(1, companies):
        # Mostly near: deep below some, broad below others.
        parents[i] = chance.randrange(max(0, i - i // 2 - 1), i) if i > 1 else 0
    lines(
        folder / "owns.tsv", "parent\tchild",
        (f"company_{parents[i]}\tcompany_{i}" for i in range(1, companies)),
    )
    lines(folder / "company.tsv", "company", (f"company_{i}" for i in range(companies)))


def binary_tree(folder, seed, depth):
    """Children and parents of a complete binary tree."""
    lines(
        folder / "parent.tsv", "child\tparent",
        (f"n{i}\tn{i // 2}" for i in range(2, 2 ** (depth + 1))),
    )


def power_law(folder, seed, nodes, edges):
    """Undirected edges, each once from the smaller number, between nodes of which few are busy."""
    chance = random.Random(seed)
    number = chance.random
    found = set()
    while len(found) < edges:
        # Density falls as x ** -0.6: a few hubs, a long tail.
        a = int(nodes * number() ** 2.5)
        b = int(nodes * number())
        if a != b:
            found.add((min(a, b), max(a, b)))
    lines(folder / "edge.tsv", "a\tb", (f"{a}\t{b}" for a, b in sorted(found)))


def range_estimates(folder, seed, rows):
    """Ranges with a company each: as two columns, and as the shell writes them."""
    chance = random.Random(seed)
    companies = max(rows // 10, 1)
    reach = rows * 10
    made = []
    for i in range(rows):
        low = chance.randrange(reach)
        made.append((i, chance.randrange(companies), low, low + 1 + chance.randrange(100)))
    lines(
        folder / "estimate.tsv", "id\tcompany\tlo\thi",
        (f"{i}\tcompany_{company}\t{low}\t{high}" for i, company, low, high in made),
    )
    lines(
        folder / "ranges.tsv", "id\tcompany\tsize",
        (f"{i}\tcompany_{company}\t{low}..{high}" for i, company, low, high in made),
    )


def program_graph(folder, seed, methods):
    """Facts of an object-oriented program: allocations, moves, loads, stores and virtual calls."""
    chance = random.Random(seed)
    classes = max(methods // 10, 4)
    signatures = max(methods // 20, 2)
    fields = max(methods // 25, 2)
    pick = chance.randrange
    method_class = [pick(classes) for _ in range(methods)]
    variables = 8
    files = {
        name: []
        for name in (
            "alloc", "move", "load", "store", "vcall", "actual", "formal", "ret", "result", "lookup",
            "heaptype", "this", "entry",
        )
    }
    files["entry"] += [f"m{m}" for m in range(0, methods, 10)]
    heap = call = 0
    by_class = {}
    for method, owner in enumerate(method_class):
        by_class.setdefault(owner, []).append(method)
    for owner in range(classes):
        own = by_class.get(owner) or [pick(methods)]
        for signature in range(signatures):
            if chance.random() < 0.5 or signature == owner % signatures:
                files["lookup"].append(f"c{owner}\ts{signature}\tm{own[signature % len(own)]}")
    for m in range(methods):
        def local():
            return f"v{m}_{pick(variables)}"

        files["this"].append(f"m{m}\tv{m}_this")
        files["formal"] += [f"m{m}\t{k}\tv{m}_{k}" for k in range(2)]
        files["ret"].append(f"m{m}\t{local()}")
        for _ in range(2):
            files["alloc"].append(f"{local()}\th{heap}\tm{m}")
            files["heaptype"].append(f"h{heap}\tc{pick(classes)}")
            heap += 1
        files["move"] += [f"{local()}\t{local()}" for _ in range(4)]
        files["move"].append(f"{local()}\tv{m}_this")
        files["load"].append(f"{local()}\t{local()}\tf{pick(fields)}")
        files["store"].append(f"{local()}\tf{pick(fields)}\t{local()}")
        for _ in range(2):
            files["vcall"].append(f"{local()}\ts{pick(signatures)}\ti{call}\tm{m}")
            files["actual"] += [f"i{call}\t{k}\t{local()}" for k in range(2)]
            files["result"].append(f"i{call}\t{local()}")
            call += 1
    for name, rows in files.items():
        lines(folder / f"{name}.facts", None, rows)


def statements(folder, seed, count):
    """Single facts, as statements of the shell and as SQL."""
    rows = [(f"subject_{number % 50}", number) for number in range(count)]
    lines(folder / "statements.dl", None, [f"kept({a}, {b})." for a, b in rows])
    lines(folder / "statements.sql", None, [f"insert into kept values ('{a}', {b});" for a, b in rows])


TABLE = {
    function.__name__: function
    for function in (
        nothing, filings, notices, uncertain_notices, chain, random_graph, wiki_vote, ownership,
        binary_tree, power_law, range_estimates, program_graph, statements,
    )
}
