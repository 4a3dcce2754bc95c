"""What run.py measured, as an SVG file and Markdown tables for bench/RESULTS.md.

Usage: plot.py MEASURED.json FILE.svg

Left: what the statement of a page computes in PostgreSQL, and the plain statement that the board was before. Middle and right: p50 and p99 of the
calls of 32 paced readers while scores are written. Milliseconds against scores, both scales logarithmic.

Example: plot.py leaderboard.json bench/leaderboard/leaderboard.svg
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "growth"))
import plot as growth  # noqa: E402

WIDTH = 460
COLOURS = {"first page, all": "#1b6ca8", "middle page, all": "#2b8a3e", "first page, one": "#c2571a", "middle page, one": "#8f3f97", "plain": "#555"}
KINDS = [kind for kind in COLOURS if kind != "plain"]


def panel(series, offset, title):
    left, right = offset + growth.LEFT, offset + WIDTH - growth.RIGHT - 20
    bottom = growth.HEIGHT - growth.BOTTOM
    x = growth.Scale([scores for rows in series.values() for scores, _ in rows], left, right)
    y = growth.Scale([taken for rows in series.values() for _, taken in rows], bottom, growth.TOP)
    yield f'<rect x="{left}" y="{growth.TOP}" width="{right - left}" height="{bottom - growth.TOP}" fill="none" stroke="#999"/>'
    yield growth.text((left + right) / 2, growth.TOP - 12, title, more=' font-weight="bold"')
    yield growth.text((left + right) / 2, growth.HEIGHT - 8, "scores")
    for tick in x.ticks():
        yield f'<path d="M{x(tick):.1f} {growth.TOP}V{bottom}" stroke="#e4e4e4"/>' + growth.text(x(tick), bottom + 15, growth.short(tick))
    for tick in y.ticks():
        yield f'<path d="M{left} {y(tick):.1f}H{right}" stroke="#e4e4e4"/>' + growth.text(left - 6, y(tick) + 4, growth.short(tick), "end")
    labels = growth.apart({name: y(rows[-1][1]) for name, rows in series.items()})
    for name, rows in series.items():
        points = " ".join(f"{x(scores):.1f},{y(taken):.1f}" for scores, taken in rows)
        yield f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.8"/>'
        yield "".join(f'<circle cx="{x(scores):.1f}" cy="{y(taken):.1f}" r="2.6" fill="{COLOURS[name]}"/>' for scores, taken in rows)
        yield growth.text(right + 6, labels[name] + 4, name, "start", f' fill="{COLOURS[name]}"')


def calls(sizes, share):
    return {kind: [(size["scores"], 1000 * size["paced"][kind][share]) for size in sizes] for kind in KINDS}


def draw(sizes):
    statement = {kind: [(size["scores"], size["statement"][kind]["computed"]) for size in sizes] for kind in KINDS}
    statement["plain"] = [(size["scores"], size["plain statement, ms"]) for size in sizes]
    panels = {"statement, processor ms": statement, "paced call, p50, ms": calls(sizes, "p50"), "paced call, p99, ms": calls(sizes, "p99")}
    width = len(panels) * WIDTH
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {growth.HEIGHT}" width="{width}" height="{growth.HEIGHT}" '
             'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>']
    for place, (title, series) in enumerate(panels.items()):
        parts += panel(series, place * WIDTH, title)
    return "\n".join([*parts, "</svg>"]) + "\n"


def pair(found, scale=1):
    return f"{scale * found['p50']:.1f}, {scale * found['p99']:.1f}"


def tables(sizes):
    print("| scores | page | statement | of it computed | within the load | paced call | saturated call |\n|---|---|---|---|---|---|---|")
    for size in sizes:
        for kind in KINDS:
            rest = size["statement"][kind]
            print(f"| {size['scores']:,} | {kind} | {pair(rest)} | {rest['computed']:.1f} | {pair(size['statement within the load'][kind])} | "
                  f"{pair(size['paced'][kind], 1000)} | {pair(size['saturated'][kind], 1000)} |")
    print("\n| scores | calls a second, saturated | processor ms a call: client, server | CompleteJob, paced | 25 columns | plain statement | "
          "pack's new version | tables made | MiB: scores, cells, rows |\n|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        load, mib = size["saturated"], size["mib"]
        calls = sum(load[kind]["calls"] for kind in KINDS)
        processor = ", ".join(f"{1000 * load[f'{side}_processor_seconds'] / calls:.1f}" for side in ("client", "server"))
        print(f"| {size['scores']:,} | {calls / load['seconds']:.0f} | {processor} | {pair(size['paced']['CompleteJob'], 1000)} | "
              f"{size['statement']['first page, 25 columns']['p50']:.0f} | {size['plain statement, ms']:,.0f} | "
              f"{size['new version of a pack, seconds']:.1f} s | {size['fill_seconds']:.1f} s | "
              f"{mib['scores']}, {mib['leaderboard_cells']}, {mib['leaderboard_rows']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    options = parser.parse_args()
    sizes = json.loads(options.measured.read_text())["sizes"]
    options.picture.write_text(draw(sizes))
    tables(sizes)


if __name__ == "__main__":
    main()
