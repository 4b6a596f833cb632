"""Reading the invoice lines of UCI's "Online Retail II", and of the older "Online Retail".

The workbook has the sheets "Year 2009-2010" and "Year 2010-2011" with the columns Invoice,
StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country. CSV and Parquet editions
have the same columns, sometimes under the older edition's names. Source:
https://archive.ics.uci.edu/dataset/502/online+retail+ii (CC BY 4.0).
"""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from forecastle.core.errors import PROBLEMS_SHOWN, DataError, InputError, Problem

SHEET = "Year 2009-2010"

# Canonical name → the names that the editions use, the mission's first.
_COLUMNS = {
    "invoice": ("Invoice", "InvoiceNo"),
    "stock_code": ("StockCode",),
    "description": ("Description",),
    "quantity": ("Quantity",),
    "timestamp": ("InvoiceDate",),
    "price": ("Price", "UnitPrice"),
    "customer": ("Customer ID", "CustomerID", "Customer_ID"),
    "country": ("Country",),
}
# The older edition writes month/day/year; a day beyond the twelfth in front is refused.
_MOMENTS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%m/%d/%Y %H:%M")
_NEEDED = {
    "quantity": "a number",
    "timestamp": "a date such as 2009-12-01 07:45",
    "price": "a number",
}
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb")


def read_invoices(path: Path, sheet: str = SHEET) -> pl.DataFrame:
    """Read a workbook, a CSV or a Parquet file of invoice lines.

    Args:
        path: the file; what it is goes by its name.
        sheet: the workbook's sheet; other files have none.

    Returns:
        ``line`` (as an editor counts, the header is 1), ``invoice``, ``stock_code`` (capitals),
        ``description``, ``quantity``, ``timestamp``, ``price`` (pounds each), ``customer`` (null
        where blank), ``country``; one row per invoice line in file order.

    Raises:
        InputError: the file is missing, of an unknown kind, or lacks the sheet or a column.
        DataError: cells that are no number or no date; names file, line, column and value.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; give the UCI file, or use --download")
    place = f"{path.name}, sheet '{sheet}'" if _is_workbook(path) else path.name
    table = _named(_read_table(path, sheet), place)
    if table.is_empty():
        raise InputError(f"{place}: holds no invoice line below the header")
    return _typed(table.with_row_index("line", offset=2), place)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in _WORKBOOKS


def _read_table(path: Path, sheet: str) -> pl.DataFrame:
    suffix = path.suffix.lower()
    try:
        if _is_workbook(path):
            return _read_sheet(path, sheet)
        if suffix == ".csv":
            return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
        if suffix == ".parquet":
            return pl.read_parquet(path)
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
        raise InputError(
            f"{path.name}: cannot be read as a {suffix} file ({error}); is it complete?"
        ) from error
    raise InputError(f"{path.name}: '{suffix}' is not read here; give an .xlsx, .csv or .parquet")


def _read_sheet(path: Path, sheet: str) -> pl.DataFrame:
    workbook = fastexcel.read_excel(path)
    if sheet not in workbook.sheet_names:
        raise InputError(
            f"{path.name}: has no sheet '{sheet}'; it has "
            f"{', '.join(repr(name) for name in workbook.sheet_names)}; choose one with --sheet"
        )
    # As text: invoice numbers and stock codes mix digits and letters within one column.
    return workbook.load_sheet(sheet, dtypes="string").to_polars()


def _named(table: pl.DataFrame, place: str) -> pl.DataFrame:
    found = {name.strip().casefold(): name for name in table.columns}
    chosen = {}
    for canonical, names in _COLUMNS.items():
        matches = [found[name.casefold()] for name in names if name.casefold() in found]
        if not matches:
            raise InputError(
                f"{place}: column '{names[0]}' is missing; found "
                f"{', '.join(table.columns)}; give the file as UCI publishes it"
            )
        chosen[canonical] = matches[0]
    return table.select(pl.col(name).alias(canonical) for canonical, name in chosen.items())


def _typed(table: pl.DataFrame, place: str) -> pl.DataFrame:
    typed = table.select(
        "line",
        _text("invoice"),
        _text("stock_code").str.to_uppercase(),
        _text("description"),
        _number(table, "quantity"),
        _moment(table),
        _number(table, "price"),
        _text("customer").str.strip_suffix(".0"),
        _text("country").fill_null("Unspecified"),
    )
    _check_cells(table, typed, place)
    return typed


def _text(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _number(table: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if table.schema[name] == pl.String:
        column = column.str.strip_chars()
    number = column.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number).alias(name)


def _moment(table: pl.DataFrame) -> pl.Expr:
    column = pl.col("timestamp")
    if table.schema["timestamp"] != pl.String:
        return column.cast(pl.Datetime("us"))
    text = column.str.strip_chars().str.replace("T", " ", literal=True)
    return pl.coalesce(text.str.to_datetime(form, strict=False) for form in _MOMENTS)


def _check_cells(raw: pl.DataFrame, typed: pl.DataFrame, place: str) -> None:
    problems, count = [], 0
    for name, wanted in _NEEDED.items():
        failing = raw.filter(typed[name].is_null()).select("line", name)
        count += len(failing)
        for line, value in failing.head(PROBLEMS_SHOWN).iter_rows():
            blank = value is None
            fault = f"is empty; it must be {wanted}" if blank else f"'{value}' is not {wanted}"
            problems.append(Problem(place, f"{_COLUMNS[name][0]} {fault}", line))
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise DataError(problems[:PROBLEMS_SHOWN], count)
