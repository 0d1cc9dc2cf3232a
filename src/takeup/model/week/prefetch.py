"""Asking for memory before it is needed: a hint to the processor that changes no result.

In a city one-to-one, neither residents' records nor what they publish fit a fast cache, and half of
a week would be spent waiting for them. The calendar knows which will be needed next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from takeup.model.week.compiled import Array

_TO_READ, _INTO_ALL_CACHES, _DATA = 0, 3, 1


def prefetch(array: Array, index: int) -> None:
    """Ask for an element of a one-dimensional array; interpreted, do nothing."""


def _typed(context: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        elements = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        offset = context.cast(builder, arguments[1], signature.args[1], types.intp)
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function: Any = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, "llvm.prefetch.p0"
        )
        address = builder.bitcast(builder.gep(elements, [offset]), pointer)
        hints = [number(hint) for hint in (_TO_READ, _INTO_ALL_CACHES, _DATA)]
        builder.call(function, [address, *hints])
        return context.get_dummy_value()

    return types.void(array, index), generate


_ask: Any = intrinsic(_typed)


@overload(prefetch)
def _compiled(array: Array, index: int) -> Callable[[Array, int], None]:
    def ask(array: Array, index: int) -> None:
        _ask(array, index)

    return ask
