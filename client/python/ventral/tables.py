"""Lists that a notebook shows as tables."""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar, overload


class _HasRow(Protocol):
    def row(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=_HasRow)


class Table(Sequence[T], Generic[T]):
    """An immutable list whose items become the rows of a DataFrame."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self._items))}])"

    def to_frame(self) -> Any:
        """A pandas.DataFrame with one row an item. Raises ImportError where there is no pandas."""
        return frame([item.row() for item in self._items])

    def _repr_html_(self) -> str | None:
        try:
            return str(self.to_frame().to_html())
        except ImportError:
            return None  # the notebook then shows repr


def frame(rows: list[dict[str, Any]], index: str | None = None) -> Any:
    """Rows of named values as a pandas.DataFrame."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_frame() makes a pandas.DataFrame: pip install pandas") from error
    made = pandas.DataFrame(rows)
    return made.set_index(index) if index is not None and rows else made
