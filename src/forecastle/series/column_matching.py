"""Which column of a file holds which attribute of a dataset, told by names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from forecastle.series.columns import DEMAND, ITEM, TIMESTAMP, normalised, role_column
from forecastle.series.dataset import DatasetSchema
from forecastle.series.domains import Domain

# Further attributes of the domains, as files call them.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "location": (
        "location", "store", "storeid", "shop", "shopid", "branch", "outlet", "warehouse", "site",
        "매장", "매장명", "매장코드", "점포", "점포명", "점포코드", "지점", "창고", "위치",
    ),
    "price": ("price", "unitprice", "sellprice", "saleprice", "가격", "단가", "판매가", "판매단가"),
    "promotion_applied": (
        "promotionapplied", "promotion", "promo", "onpromotion", "ispromo", "행사", "행사여부",
        "프로모션", "판촉",
    ),
    "category": (
        "category", "department", "dept", "productgroup", "카테고리", "분류", "상품분류", "품목군",
        "부문",
    ),
    "brand": ("brand", "maker", "브랜드", "제조사"),
    "color": ("color", "colour", "색상", "컬러"),
    "genre": ("genre", "장르"),
}  # fmt: skip

_LONGEST = 63


def attribute_name(column: str, position: int) -> str:
    """A name that an attribute may have, as close to the column's as can be.

    Args:
        column: as the file calls it.
        position: in the file, counted from 1; names without Latin letters become ``column_3``.
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_")
    name = re.sub(r"^[^A-Za-z]+", "", plain)
    return name[:_LONGEST].lower() if name and column.isascii() else f"column_{position}"


def column_of(attribute: str, names: Sequence[str], domain: Domain, target: str | None) -> int:
    """Where the column of an attribute stands; -1 if no name tells.

    Args:
        attribute: of the schema.
        names: the columns in file order.
        domain: of the dataset, whose item and target are known by many names.
        target: what is forecast; None in related data and metadata.
    """
    exact = [normalised(name) for name in names]
    if normalised(attribute) in exact:
        return exact.index(normalised(attribute))
    role = {domain.item: ITEM, TIMESTAMP: TIMESTAMP, target: DEMAND}.get(attribute)
    column = None if role is None else role_column(role, names)
    if column is not None:
        return list(names).index(column)
    for synonym in SYNONYMS.get(attribute, ()):
        if synonym in exact:
            return exact.index(synonym)
    made = [attribute_name(name, place) for place, name in enumerate(names, start=1)]
    return made.index(attribute) if attribute in made else -1


def match_columns(
    names: Sequence[str], schema: DatasetSchema, domain: Domain, *, has_header: bool
) -> dict[str, str | None]:
    """Attribute → column of the file, or None where no name tells.

    Without a header, as many columns as attributes stand in the schema's order.
    """
    if not has_header:
        fits = len(names) == len(schema.names)
        return dict(zip(schema.names, names, strict=True)) if fits else dict.fromkeys(schema.names)
    found: dict[str, str | None] = {}
    for attribute in schema.names:
        place = column_of(attribute, names, domain, schema.target)
        column = names[place] if place >= 0 else None
        found[attribute] = None if column in found.values() else column
    return found
