"""The steps of a calculation over arrays, each written once however often it is needed.

An instruction takes registers and constants and fills one register. Registers are names for arrays, one place
per row of their domain: the subjects, or the members of a relation. `machine` gives them memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np

from tongban.core.rules.to_numpy.columns import Array

Kernel: TypeAlias = Callable[..., Any]
"""`kernel(*arrays, out=array)`: a NumPy ufunc, or a function that works like one."""
Dtype: TypeAlias = "np.dtype[Any]"

SUBJECTS: Final = ""
"""The domain of the subjects; that of a relation's members has the relation's name."""


def offsets_of(relation: str) -> str:
    """The source, and the domain, of a relation's offsets: there is one more than there are subjects."""
    return f"{relation}[]"


def bits_of(domain: str) -> str:
    """The domain of the words that hold a flag for each row."""
    return f"{domain}:"


def rows_of(domain: str) -> str:
    """The other way."""
    return domain.removesuffix(":")


def owners_of(relation: str) -> str:
    """The source of the rows of the members' subjects."""
    return f"{relation}^"


BOOL: Final = np.dtype(np.bool_)
BITS: Final = np.dtype(np.uint64)
"""Words of 64 flags each."""
BYTE: Final = np.dtype(np.uint8)
OFFSETS: Final = np.dtype(np.int64)
OBJECT: Final = np.dtype(object)


@dataclass(frozen=True, slots=True)
class Register:
    index: int
    dtype: Dtype
    domain: str = SUBJECTS

    def seen_as(self, dtype: Dtype) -> Register:
        """The same bytes read as another type of the same size."""
        return replace(self, dtype=dtype)


@dataclass(frozen=True, slots=True)
class Constant:
    value: int
    dtype: Dtype

    @property
    def array(self) -> Array:
        return np.array(self.value, self.dtype)


Input: TypeAlias = Register | Constant
Flag: TypeAlias = Register | bool
"""Yes or no for each row, as words of bits, or for all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Instruction:
    kernel: Kernel
    inputs: tuple[Input, ...]
    output: Register
    rowwise: bool
    """Whether each row of the output needs nothing but the same row of the inputs: it may then overwrite them."""


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """Fills a register from what is given: see `given.Given.arrays`."""

    source: str
    output: Register


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """Gives out the result of a rule."""

    name: str
    values: Register | int
    """Flags for a condition. An int: the same for all rows."""
    unknown: Flag
    absent: Flag
    undefined: Mapping[str, Flag]
    """By reason."""
    dtype: Dtype
    """What the values are given out in: they fit."""
    is_text: bool
    bounds: tuple[int, int] | None
    """Of numbers and money: the least and the greatest value."""

    @property
    def reads(self) -> tuple[Register | int, ...]:
        return self.values, self.unknown, self.absent, *self.undefined.values()


Line: TypeAlias = Instruction | Load | Store

_COMMUTES: Final = frozenset[Kernel](
    {
        np.add, np.multiply, np.maximum, np.minimum, np.equal, np.not_equal,
        np.bitwise_and, np.bitwise_or, np.bitwise_xor,
    }
)  # fmt: skip


class Assembly:
    """Collects the lines of a plan. The same instruction on the same inputs is written down once."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._written: dict[object, Register] = {}
        self._registers = 0

    def emit(
        self,
        kernel: Kernel,
        *inputs: Input,
        dtype: Dtype,
        domain: str | None = None,
        rowwise: bool = True,
    ) -> Register:
        """The register that holds the kernel's output. Without a `domain` it is that of the inputs."""
        if kernel in _COMMUTES:
            inputs = tuple(sorted(inputs, key=_rank))
        if domain is None:
            (domain,) = {one.domain for one in inputs if isinstance(one, Register)}
        key = (kernel, inputs, dtype, domain)
        if key not in self._written:
            output = self._written[key] = self._register(dtype, domain)
            self.lines.append(Instruction(kernel, inputs, output, rowwise))
        return self._written[key]

    def load(self, source: str, dtype: Dtype, domain: str = SUBJECTS) -> Register:
        if source not in self._written:
            output = self._written[source] = self._register(dtype, domain)
            self.lines.append(Load(source, output))
        return self._written[source]

    def store(self, line: Store) -> None:
        self.lines.append(line)

    def _register(self, dtype: Dtype, domain: str) -> Register:
        self._registers += 1
        return Register(self._registers - 1, dtype, domain)


def cast(values: Array, *, out: Array) -> None:
    """Copies between types. The values fit, or are those of rows that nobody looks at."""
    np.copyto(out, values, casting="unsafe")


def _rank(one: Input) -> tuple[int, int]:
    return (1, one.value) if isinstance(one, Constant) else (0, one.index)
