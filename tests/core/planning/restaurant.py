"""Opening a restaurant, cut down to what makes its plan interesting.

registration (if there is no licence) -> food permit | fire check (from 300 m2) | signboard | tobacco
"""

from tests.core.planning.small_packs import small_pack

RESTAURANT = """
code-lists:
  - {id: fire-modes, items: [commitment, ordinary]}
parameters:
  - id: fire_area_threshold
    type: integer
    unit: m2
    values: [{valid_from: 2020-01-01, value: 300}]
facts:
  - {id: has_licence}
  - {id: tobacco}
  - {id: sign}
  - {id: residential}
  - {id: fitout}
  - {id: area, type: integer, unit: m2, effort: type, sources: [{registry: property, field: area}, {answer: true}]}
  - {id: fire_mode, type: code, codes: fire-modes}
  - {id: shop_name, type: text, effort: type}
  - {id: address, type: text, effort: type}
  - {id: grease_trap}
  - {id: registered_use, type: text, silent: true, sources: [{registry: property, field: registered_use}]}
licences:
  - {id: business_licence}
  - {id: food_permit}
  - {id: ownership_certificate}
resources:
  - {id: property, key_fact: address, fields: [address, area, registered_use]}
materials:
  - {id: form, alternatives: [{form: true}]}
  - {id: business-licence, alternatives: [{licence: business_licence}]}
  - {id: layout-plan}
  - {id: safety-rules}
  - {id: sign-drawing}
  - {id: sign-design}
  - {id: fire-promise, alternatives: [{commitment: {zh: 我承诺, en: I promise}}]}
  - {id: fire-acceptance}
  - id: premises
    alternatives:
      - upload: {}
        name: {zh: 租赁合同, en: Lease}
      - {licence: ownership_certificate}
      - {registry: property}
services:
  - id: registration
    authority: court
    case_type: instant
    applies_when: NOT has_licence
    promised: {amount: 1}
    statutory: {amount: 3, extension: 3}
    form: [shop_name, address]
    requires: [form, premises]
    result: {licence: business_licence}
    alone: {steps: 4, visits: 2}
  - id: food-permit
    health_or_safety: true
    promised: {amount: 7}
    statutory: {amount: 20, extension: 10}
    form: [shop_name, address, grease_trap]
    blocked_when: [residential]
    conditions: [{id: grease-trap, rule: grease_trap}]
    requires: [form, business-licence, layout-plan, {material: safety-rules, tier: secondary}, premises]
    result: {licence: food_permit}
    alone: {steps: 6, visits: 2}
  - id: signboard
    authority: court
    applies_when: sign
    promised: {amount: 3}
    statutory: {amount: 20}
    form: [shop_name]
    requires: [form, business-licence, sign-drawing, {material: sign-design, tier: secondary}]
    tolerance: {within: {amount: 10}}
    alone: {steps: 3, visits: 1}
  - id: fire-check
    health_or_safety: true
    applies_when: area >= fire_area_threshold
    promised: {amount: 7}
    statutory: {amount: 10}
    variants:
      - {id: commitment, when: fire_mode = 'commitment', case_type: instant, promised: {amount: 1}}
    requires:
      - {material: fire-promise, when: fire_mode = 'commitment'}
      - {material: fire-acceptance, when: fitout}
    alone: {steps: 5, visits: 2}
  - id: tobacco-permit
    applies_when: tobacco
    promised: {amount: 5}
    requires: [form, business-licence]
    alone: {steps: 4, visits: 2}
"""

SMALL_SHOP = {
    "has_licence": False,
    "tobacco": False,
    "sign": True,
    "residential": False,
    "area": 80,
    "shop_name": "Noodles",
    "address": "1 Lake Road",
    "grease_trap": True,
}


def restaurant():
    """Loaded once; plans never change a pack."""
    return _PACK


_PACK = small_pack(RESTAURANT)
