"""A small sound pack of two layers, `land` and `city`, for tests that change it a little."""

from tongban.core.packs.loader import load
from tongban.core.packs.pack import Pack

LAND = {
    "pack.yaml": """
id: land
version: 1.0.0
name: {zh: 国家, en: The land}
jurisdiction: "000000"
licence: Apache-2.0
""",
    "laws/shop.yaml": """
- id: shop-law
  name: {zh: 店铺法, en: Shop law}
  contains: [{number: 3, text: {zh: 二十日, en: Twenty days}}]
""",
    "code-lists/all.yaml": """
- id: kinds
  name: {zh: 类型, en: Kinds}
  items: [{code: stall, label: {zh: 摊, en: Stall}}, {code: hall, label: {zh: 厅, en: Hall}}]
""",
    "facts/all.yaml": """
- {id: area, subject: place, type: decimal(1), unit: m2, minimum: 1, maximum: 900, label: {zh: 面积, en: Area}, question: {zh: 多大？, en: How large?}}
- {id: kind, subject: place, type: code, codes: kinds, label: {zh: 类型, en: Kind}, question: {zh: 哪类？, en: Which kind?}}
- {id: capital, subject: enterprise, type: money, maximum: 5000, label: {zh: 资本, en: Capital}, question: {zh: 多少？, en: How much?}}
- {id: opened, subject: place, type: date, label: {zh: 开业, en: Opened}, question: {zh: 何时？, en: When?}}
- {id: shop_name, subject: place, type: text, max_length: 5, label: {zh: 名称, en: Name}, question: {zh: 叫什么？, en: What is it called?}}
""",
    "parameters/all.yaml": """
- id: large_area
  label: {zh: 大面积, en: Large}
  type: decimal(1)
  unit: m2
  values: [{valid_from: 2024-01-01, valid_to: 2026-01-01, value: 50}, {valid_from: 2026-01-01, value: 60.5}]
- id: fee
  label: {zh: 费, en: Fee}
  type: money
  values: [{valid_from: 2026-07-01, value: 12.50}]
""",
    "calendars/all.yaml": """
- {id: default, known_until: 2026-12-31, rest_days: [2026-01-01], working_days: [2026-01-04]}
""",
    "authorities/all.yaml": "- {id: market, name: {zh: 市场监管, en: Market regulation}}\n",
    "materials/all.yaml": """
- {id: lease, name: {zh: 租约, en: Lease}, channel: applicant, alternatives: [{upload: {}}]}
- {id: photo, name: {zh: 照片, en: Photo}, channel: applicant, alternatives: [{upload: {}}]}
- {id: plan, name: {zh: 平面图, en: Plan}, channel: applicant, alternatives: [{upload: {}}]}
""",
    "services/all.yaml": """
- id: shop-permit
  name: {zh: 店铺许可, en: Shop permit}
  kind: permit
  case_type: promised
  authority: market
  locked: false
  applies_when: area >= large_area OR kind = 'hall'
  statutory: {amount: 20, articles: [shop-law#3]}
  promised: {amount: 10}
  form: [shop_name]
  requires: [{material: lease}, {material: photo, tier: secondary}]
  result: {name: {zh: 许可, en: Permit}}
  alone: {steps: 3, visits: 2}
- id: receipt
  name: {zh: 回执, en: Receipt}
  kind: record
  case_type: instant
  authority: market
  applies_when: TRUE
  promised: {amount: 0}
  result: {name: {zh: 回执, en: Receipt}}
  alone: {steps: 1, visits: 0}
""",
    "life-events/all.yaml": """
- id: open-shop
  name: {zh: 开店, en: Open a shop}
  summary: {zh: 开店, en: Open a shop}
  subject: enterprise
  lead: market
  services: [shop-permit, receipt]
  together: {steps: 1, visits: 0}
""",
    "tests/all.yaml": """
- {name: large, event: open-shop, at: 2026-03-02, facts: {area: 70.5, kind: stall, opened: 2026-01-01}, expect: {services: [shop-permit]}}
""",
    "assets/seal.svg": '<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>',
}

CITY = {
    "pack.yaml": """
id: city
version: 1.2.0
name: {zh: 市, en: The city}
jurisdiction: 990100
licence: Apache-2.0
extends: land
""",
}


def files(land: dict[str, str] | None = None, city: dict[str, str] | None = None) -> dict[str, bytes]:
    """Both layers, with some files replaced or added."""
    layers = {"land": LAND | (land or {}), "city": CITY | (city or {})}
    return {f"{name}/{path}": text.encode() for name, layer in layers.items() for path, text in layer.items()}


def load_pack(given: dict[str, bytes], top: str = "city") -> Pack:
    loaded = load(given, top)
    assert loaded.pack is not None, "\n".join(map(str, loaded.problems))
    return loaded.pack
