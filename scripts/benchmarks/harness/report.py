"""Tables of ratios."""

import statistics


def seconds(value):
    if value is None:
        return "-"
    if value < 0.0995:
        return f"{value * 1000:.1f} ms" if value < 0.00995 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 9.95 else f"{value:.1f} s"


def factor(values, with_spread=True):
    """The median of some ratios and, in brackets, the smallest and largest."""
    if not values:
        return "-"
    middle = statistics.median(values)
    text = shortly(middle)
    if with_spread and len(values) > 1:
        text += f" ({shortly(min(values))} to {shortly(max(values))})"
    return text


def shortly(value):
    return f"{value:.2f}" if value < 9.95 else f"{value:.0f}"


MEASURES = {"query": "query", "whole": "wall", "cpu": "cpu", "memory": "peak"}


def judged_peers(comparison):
    """Those that the target speaks of: every peer that answered, other than the shell itself."""
    named = comparison.query.target.get("peers")
    return [
        peer for peer in comparison.peers
        if not comparison.problem(peer) and (peer in named if named else not peer.startswith("factsh"))
    ]


def verdict(comparison):
    """`ahead`, `behind` or what keeps it from being judged, with the figures missed."""
    if comparison.skipped:
        return "skipped: " + comparison.skipped
    if "factsh" not in comparison.runs:
        return "no spelling for factsh"
    own = comparison.problem("factsh")
    if own:
        return "FAILED: " + own
    wrong = [
        peer for peer in comparison.peers
        if not comparison.problem(peer) and not comparison.answers_agree(peer)
    ]
    if wrong:
        return "ANSWERS DIFFER from " + ", ".join(wrong)
    peers = judged_peers(comparison)
    if not peers:
        return "no peer to judge by"
    missed = []
    for measure, wanted in comparison.query.target.items():
        if measure == "peers":
            continue
        if measure == "difference_ms":
            for peer in peers:
                gap = statistics.median(
                    (a.wall - b.wall) * 1000
                    for a, b in zip(comparison.runs["factsh"], comparison.runs[peer])
                )
                if gap > wanted:
                    missed.append(f"{gap:.1f} ms behind {peer}, allowed {wanted}")
            continue
        found = [(comparison.ratios(peer, MEASURES[measure]), peer) for peer in peers]
        found = [(statistics.median(ratios), peer) for ratios, peer in found if ratios]
        if not found:
            continue
        least, peer = min(found)
        if least < wanted:
            missed.append(f"{measure} {shortly(least)} of {peer}, wanted {shortly(wanted)}")
    return "behind: " + "; ".join(missed) if missed else "reached"


def text_table(comparisons):
    """Lines for a terminal: a block for each query, a row for each peer."""
    lines = []
    for item in comparisons:
        name = f"{item.case.name}/{item.query.name} {item.size}"
        lines.append(f"{name}: {item.query.asks}")
        if not item.skipped and item.runs.get("factsh"):
            for spelling, runs in item.runs.items():
                problem = item.problem(spelling)
                if problem or not runs:
                    lines.append(f"  {spelling:16} {problem or 'not run'}")
                    continue
                row = (
                    f"  {spelling:16} query {seconds(item.median(spelling, 'query')):>8}"
                    f"  whole {seconds(item.median(spelling, 'wall')):>8}"
                    f"  cpu {seconds(item.median(spelling, 'cpu')):>8}"
                    f"  peak {item.median(spelling, 'peak'):6.0f} MB"
                )
                if spelling != "factsh" and not item.problem("factsh"):
                    row += (
                        f"  x query {factor(item.ratios(spelling, 'query'))}"
                        f"  x whole {factor(item.ratios(spelling, 'wall'))}"
                        f"  x cpu {factor(item.ratios(spelling, 'cpu'), False)}"
                        f"  x memory {factor(item.ratios(spelling, 'peak'), False)}"
                    )
                lines.append(row)
            lines.append(f"  answer {' | '.join(item.runs['factsh'][0].answer)[:120]}".replace("\t", " "))
            lines.append(f"  {len(item.runs['factsh'])} pairs; {verdict(item)}")
        else:
            lines.append(f"  {verdict(item)}")
    return lines


def markdown(comparisons):
    """The table for the documentation: one row for each query and its best peer."""
    lines = [
        "| case | size | best peer | query, times faster | whole, times faster | memory, times less | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for item in comparisons:
        if item.skipped or item.problem("factsh") or not judged_peers(item):
            continue
        best = {}
        for measure in ("query", "wall", "peak"):
            found = [(item.ratios(peer, measure), peer) for peer in judged_peers(item)]
            found = [pair for pair in found if pair[0]]
            if found:
                best[measure] = min(found, key=lambda pair: statistics.median(pair[0]))
        named = best.get("query") or best["wall"]
        cells = [factor(best[m][0], m != "peak") if m in best else "-" for m in ("query", "wall", "peak")]
        lines.append(
            f"| {item.case.name}, {item.query.name} | {item.size} | {named[1]} | "
            f"{cells[0]} | {cells[1]} | {cells[2]} | {verdict(item)} |"
        )
    return lines


def growth(comparisons):
    """How the time of the query grows from size to size, for each engine."""
    lines = []
    grouped = {}
    for item in comparisons:
        grouped.setdefault((item.case.name, item.query.name), {})[item.size] = item
    for (case, query), sizes in grouped.items():
        engines = {name for item in sizes.values() for name in item.runs}
        for engine in sorted(engines, key=lambda name: (name != "factsh", name)):
            cells = []
            for size in ("s", "m", "l"):
                item = sizes.get(size)
                runs = item.runs.get(engine) if item and not item.skipped else None
                if not runs or item.problem(engine):
                    cells.append(f"{size} -")
                    continue
                whole, asked = item.median(engine, "cpu"), item.median(engine, "query")
                cells.append(f"{size} query {seconds(asked)} cpu {seconds(whole)}")
            lines.append(f"{case}/{query:8} {engine:16} " + "  ".join(cells))
    return lines
