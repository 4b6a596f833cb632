"""Columns: which column of a sales file holds the item, the timestamp, the demand.

Names are recognised in any order, English and Korean, and by Amazon Forecast's names in all its
domains (guide: howitworks-domains-ds-types). Files without a header are read by position.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecastle.core.errors import DataError, InputError
from forecastle.series.timestamps import looks_like_timestamp

ITEM, TIMESTAMP, DEMAND = "item_id", "timestamp", "demand"
ROLES = (ITEM, TIMESTAMP, DEMAND)

# Earlier names win where a file has several; Amazon Forecast's own come first.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    ITEM: (
        "itemid", "instancetype", "workforcetype", "metricname", "item", "sku", "skuid",
        "stockcode", "productid", "productcode", "product", "productno", "itemcode", "itemno",
        "itemnumber", "article", "articleid", "articlenumber", "materialid", "material", "upc",
        "ean", "asin", "uniqueid", "seriesid", "productname", "itemname",
        "품목", "품목코드", "품목명", "상품", "상품코드", "상품번호", "상품명", "제품", "제품코드",
        "제품명", "아이템", "자재코드",
    ),
    TIMESTAMP: (
        "timestamp", "datetime", "date", "ds", "invoicedate", "orderdate", "salesdate", "saledate",
        "transactiondate", "soldat", "orderedat", "purchasedate", "time", "day", "week", "month",
        "period", "날짜", "일자", "일시", "시간", "판매일", "판매일자", "판매일시", "주문일",
        "주문일자", "주문일시", "거래일", "거래일자", "기준일", "기준일자",
    ),
    DEMAND: (
        "demand", "targetvalue", "numberofinstances", "workforcedemand", "metricvalue", "value",
        "target", "sales", "weeklysales", "dailysales", "salesamount", "quantity", "qty",
        "quantitysold", "qtysold", "salesqty", "salesquantity", "orderquantity", "orderqty",
        "unitssold", "unitsales", "units", "sold", "volume", "revenue", "turnover", "amount", "y",
        "수요", "수요량", "판매량", "판매수량", "수량", "주문수량", "주문량", "매출", "매출액",
        "판매액", "판매금액", "금액",
    ),
}  # fmt: skip

_DEFAULT_POSITIONS = {2: (TIMESTAMP, DEMAND), 3: ROLES}


@dataclass(frozen=True)
class Columns:
    """Where a table keeps what.

    Attributes:
        item: the column of item ids; None where the whole file is one series.
        timestamp: the column of timestamps.
        demand: the column of demand.
        dimensions: dimension → column.
    """

    item: str | None
    timestamp: str
    demand: str
    dimensions: Mapping[str, str]

    def as_roles(self) -> dict[str, str]:
        """Role → column, for messages and reports."""
        item = {} if self.item is None else {ITEM: self.item}
        return {**item, TIMESTAMP: self.timestamp, DEMAND: self.demand, **self.dimensions}


def normalised(name: str) -> str:
    """A name without case, spaces and punctuation: ``Item ID`` → ``itemid``."""
    return re.sub(r"[\W_]+", "", name).casefold()


def is_header(record: Sequence[str]) -> bool:
    """Whether a first line names columns: none of its fields is a number or a timestamp."""
    return not any(_is_number(field) or looks_like_timestamp(field) for field in record)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?", text.strip(), re.I) is not None


def header_names(record: Sequence[str], file: str) -> list[str]:
    """Column names from a header line; nameless columns get their number.

    Raises:
        DataError: two columns share a name.
    """
    names = [field.strip() or f"column {i}" for i, field in enumerate(record, start=1)]
    for name in names:
        if names.count(name) > 1:
            message = f"the column '{name}' appears {names.count(name)} times; rename one"
            raise DataError.of(file, message, line=1)
    return names


def positional_names(
    n_columns: int, given: Sequence[str] | None, dimensions: Sequence[str], file: str
) -> list[str]:
    """Column names for a file without a header.

    Raises:
        DataError: the names given are not as many as the columns, or none were given and the
            positions are not known.
    """
    if given is not None:
        return given_names(n_columns, given, file)
    default = _DEFAULT_POSITIONS.get(n_columns)
    if default is None or dimensions:
        raise DataError.of(
            file,
            f"{n_columns} columns without a header; name them in order, for example "
            f"--columns {','.join((*ROLES, *dimensions))}",
            line=1,
        )
    return list(default)


def given_names(n_columns: int, given: Sequence[str] | None, file: str) -> list[str]:
    """The user's names for the columns of a file without a header.

    Raises:
        DataError: none were given, or not as many as the columns.
    """
    if given is None:
        raise DataError.of(
            file, f"{n_columns} columns without a header; write their names in line 1", line=1
        )
    if len(given) != n_columns:
        raise DataError.of(
            file,
            f"{n_columns} columns found, but {len(given)} are named ({', '.join(given)}); "
            "name every column in order",
            line=1,
        )
    return list(given)


def recognise(
    names: Sequence[str], given: Sequence[str] | None, dimensions: Sequence[str], file: str
) -> Columns:
    """Find the columns of each role.

    Args:
        names: the columns of the table.
        given: the user's own choice of columns: their names are recognised by role, or else stand
            for item_id, timestamp, demand in this order (timestamp, demand if there are two).
        dimensions: forecast dimensions; each must be a column.
        file: how messages call the table.

    Raises:
        DataError: a role has no column.
        InputError: ``given`` names a column that is not there.
    """
    pool = list(names) if given is None else [_existing(name, names, file) for name in given]
    dimension_columns = {name: _existing(name, names, file) for name in dimensions}
    pool = [name for name in pool if name not in dimension_columns.values()]
    roles = _by_name(pool)
    if given is not None and not _complete(roles, pool):
        roles = _by_order(pool)
    missing = _missing_roles(roles, pool)
    if missing:
        found = ", ".join(names)
        raise DataError.of(
            file,
            f"no column recognised as {' or '.join(missing)} among: {found}; name the columns "
            f"of {', '.join(ROLES)} with --columns",
        )
    return Columns(roles.get(ITEM), roles[TIMESTAMP], roles[DEMAND], dimension_columns)


def role_column(role: str, names: Sequence[str]) -> str | None:
    """The column that is called like a role; the role's first synonym wins."""
    known = {normalised(name): name for name in reversed(names)}
    return next((known[synonym] for synonym in SYNONYMS[role] if synonym in known), None)


def _by_name(pool: Sequence[str]) -> dict[str, str]:
    found = {role: role_column(role, pool) for role in ROLES}
    return {role: column for role, column in found.items() if column is not None}


def _by_order(pool: Sequence[str]) -> dict[str, str]:
    roles = (TIMESTAMP, DEMAND) if len(pool) == 2 else ROLES
    return dict(zip(roles, pool, strict=False))


def _complete(roles: Mapping[str, str], pool: Sequence[str]) -> bool:
    return not _missing_roles(roles, pool)


def _missing_roles(roles: Mapping[str, str], pool: Sequence[str]) -> list[str]:
    """Roles without a column. Two columns are one series, which needs no item."""
    needed = (TIMESTAMP, DEMAND) if len(pool) == 2 else ROLES
    return [role for role in needed if role not in roles]


def existing(name: str, names: Sequence[str]) -> str | None:
    """The column called ``name``, exactly or but for case and punctuation."""
    if name in names:
        return name
    alike = [column for column in names if normalised(column) == normalised(name)]
    return alike[0] if len(alike) == 1 else None


def _existing(name: str, names: Sequence[str], file: str) -> str:
    column = existing(name, names)
    if column is None:
        raise InputError(f"{file}: no column '{name}'; the columns are: {', '.join(names)}")
    return column
