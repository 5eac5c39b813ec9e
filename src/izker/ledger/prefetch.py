"""Ask the memory for a row before it is needed: reads that would wait one after another then overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]  # it has no stubs
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _prefetch(_context: Any, rows: Any, row: Any) -> Any:
    """`prefetch(rows, row)`: fetch the cache line where `row` of a C-ordered array of one or two dimensions begins.

    Only a hint (LLVM's `llvm.prefetch`, read, keep in all levels): it reads nothing and cannot fail.
    """

    insert = cast(Callable[..., Any], cgutils.get_or_insert_function)  # numba's helper carries no types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type = signature.args[0]
        array = context.make_array(array_type)(context, builder, arguments[0])
        place = context.cast(builder, arguments[1], signature.args[1], types.intp)
        stride = builder.extract_value(array.strides, 0)
        start = builder.bitcast(array.data, ir.IntType(8).as_pointer())
        address = builder.gep(start, [builder.mul(place, stride)])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), number, number, number])
        hint = insert(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(hint, [address, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(rows, row), generate


# the first argument is the compiler's own, which a caller does not give
prefetch = cast(Callable[[Any, Any], None], intrinsic(_prefetch))
