"""Holds docs/hostile-cases.md against the tests: every test that it names exists, every file is made and tested.

Usage: check_hostile_cases.py SOURCE_ROOT [MORE_NAMES…]
"""

import pathlib
import re
import sys


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/hostile-cases.md").read_text()
    sources = "\n".join(file.read_text() for file in sorted((root / "tests").rglob("*.cc")))
    makers = "\n".join(file.read_text() for file in sorted((root / "tests/unit/network").glob("*.py")))
    tests = {".".join(names) for names in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", sources)}
    named = set(re.findall(r"`(\w+\.[A-Z]\w+|\w+\.pt2)`", page)) | set(sys.argv[2:])
    wrong = []
    for name in sorted(named):
        if name.endswith(".pt2"):
            if f'"{name}"' not in makers:
                wrong.append(f"{name} is not made by tests/unit/network")
            if f'"{name}"' not in sources and f'/{name}"' not in sources:
                wrong.append(f"{name} is in no test")
        elif name not in tests:
            wrong.append(f"there is no test {name}")
    table = set(re.findall(r'(?m)^ +\{"(\w+\.pt2)",', (root / "tests/unit/network/refusal_test.cc").read_text()))
    cards = set(re.findall(r'craft\.json\("(\w+\.pt2)", CARD', makers))  # a wrong card is no attack
    wrong += [f"{name} is tested and not on the page" for name in sorted(table - named - cards - MISTAKES)]
    print("\n".join(f"docs/hostile-cases.md: {line}" for line in wrong) or f"{len(named)} names, each exists")
    sys.exit(bool(wrong))


# Refused, too, and only a mistake of whoever wrote them.
MISTAKES = {"no_card.pt2", "no_model.pt2", "no_weight.pt2", "big_endian.pt2", "schema_9.pt2", "strange_dtype.pt2"}

if __name__ == "__main__":
    main()
