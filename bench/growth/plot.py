"""What run.py measured, as SVG files and a Markdown table for bench/RESULTS.md.

Usage: plot.py MEASURED.json FOLDER

One file an axis: processor seconds and peak memory against size, both scales logarithmic. A slope is that of the least-squares line through the logarithms of
the upper half of the sizes, where what does not grow weighs least: 1 is linear, 2 quadratic.

Example: plot.py growth.json bench/growth
"""

import argparse
import json
import math
import pathlib

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 390, 280, 62, 30, 104, 44
COLOURS = {"rsa": "#1b6ca8", "cka": "#c2571a", "ridge": "#2b8a3e", "pls": "#8f3f97", "one pass": "#c2571a", "in budget": "#1b6ca8"}
UNITS = {"stimuli": "stimuli", "features": "features of the layer", "neuroids": "neuroids", "resamples": "resamples"}


def slope(rows, column):
    upper = rows[len(rows) // 2:]
    x, y = ([math.log(row[place]) for row in upper] for place in (0, column))
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def short(number):
    for unit, suffix in ((1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{suffix}"
    return f"{number:g}"


class Scale:
    """Logarithmic, from numbers to points of the page; ticks at powers of ten, and between them where these are few."""

    def __init__(self, values, first, last):
        self.low, self.high = math.log10(min(values)) - 0.08, math.log10(max(values)) + 0.08
        self.first, self.last = first, last

    def __call__(self, value):
        return self.first + (math.log10(value) - self.low) / (self.high - self.low) * (self.last - self.first)

    def ticks(self):
        for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
            found = [step * 10**power for power in range(math.floor(self.low), math.ceil(self.high) + 1) for step in steps]
            found = [tick for tick in found if self.low <= math.log10(tick) <= self.high]
            if len(found) > 2:
                break
        return found


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{words}</text>'


def axes(x, y, left, title, unit):
    right, bottom = left + WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
    yield f'<rect x="{left}" y="{TOP}" width="{right - left}" height="{bottom - TOP}" fill="none" stroke="#999"/>'
    yield text((left + right) / 2, TOP - 12, title, more=' font-weight="bold"')
    yield text((left + right) / 2, HEIGHT - 8, unit)
    for tick in x.ticks():
        yield f'<path d="M{x(tick):.1f} {TOP}V{bottom}" stroke="#e4e4e4"/>' + text(x(tick), bottom + 15, short(tick))
    for tick in y.ticks():
        yield f'<path d="M{left} {y(tick):.1f}H{right}" stroke="#e4e4e4"/>' + text(left - 6, y(tick) + 4, short(tick), "end")


def apart(places, least=13):
    """Heights of labels, moved so far that none stands on another."""
    moved = {}
    previous = -math.inf
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        previous = moved[name] = max(place, previous + least)
    return moved


def panel(series, column, offset, title, unit, budget):
    left = offset + LEFT
    values = [row[column] for one in series.values() for row in one["rows"]] + ([budget] if budget else [])
    x = Scale([row[0] for one in series.values() for row in one["rows"]], left, left + WIDTH - LEFT - RIGHT)
    y = Scale(values, HEIGHT - BOTTOM, TOP)
    yield from axes(x, y, left, title, unit)
    labels = apart({name: y(one["rows"][-1][column]) for name, one in series.items()})
    for name, one in series.items():
        points = [(x(row[0]), y(row[column])) for row in one["rows"]]
        colour = COLOURS[name]
        yield f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        yield "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.6" fill="{colour}"/>' for a, b in points)
        yield text(left + WIDTH - LEFT - RIGHT + 6, labels[name] + 4, f"{name} {slope(one['rows'], column):.2f}", "start", f' fill="{colour}"')
    if budget:
        yield f'<path d="M{left} {y(budget):.1f}h{WIDTH - LEFT - RIGHT}" stroke="#b00" stroke-dasharray="5 4"/>'
        yield text(left + 6, y(budget) - 5, f"budget {budget} MiB", "start", ' fill="#b00"')


def draw(axis, series):
    budget = min((one["fixed"]["budget_mib"] for one in series.values() if "budget_mib" in one["fixed"]), default=None)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" width="{2 * WIDTH}" height="{HEIGHT}" '
             'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>',
             *panel(series, 1, 0, "processor seconds", UNITS[axis], None), *panel(series, 2, WIDTH, "peak memory, MiB", UNITS[axis], budget), "</svg>"]
    return "\n".join(parts) + "\n"


def table(measured):
    print("| against | what | fixed | from | to | processor seconds | slope | peak, MiB | slope |\n|---|---|---|---|---|---|---|---|---|")
    for axis, series in measured.items():
        for name, one in series.items():
            rows, fixed = one["rows"], ", ".join(f"{value} {key.replace('budget_mib', 'MiB budget')}" for key, value in one["fixed"].items())
            (least, first, low), (most, last, high) = rows[0][:3], rows[-1][:3]
            print(f"| {axis} | {name} | {fixed} | {least:,} | {most:,} | {first:.3g} to {last:.3g} | {slope(rows, 1):.2f} "
                  f"| {low:.0f} to {high:.0f} | {slope(rows, 2):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    measured = json.loads(options.measured.read_text())
    for axis, series in measured.items():
        (options.folder / f"{axis}.svg").write_text(draw(axis, series))
    table(measured)


if __name__ == "__main__":
    main()
