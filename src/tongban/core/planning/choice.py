"""Which way a material is met, and why that one: said wherever the pack leaves more than one way open.

chosen(material, pack)    “Lease”: the least trouble of 2 ways that are open. Also possible: “Undertaking”
"""

from __future__ import annotations

from typing import Final

from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import PlannedMaterial, Status
from tongban.core.values.text import Bilingual

_TROUBLE: Final = {
    Status.HELD: Bilingual("已有，免交", "it is held already"),
    Status.PRODUCED: Bilingual("办理中自动产生", "it comes out of another service on the way"),
    Status.FORM: Bilingual("按您的回答自动生成", "it is drawn up from your answers"),
    Status.COMMIT: Bilingual("在线签署即可", "you sign it on the page"),
    Status.DEFERRABLE: Bilingual("可以以后补交", "you hand it in, later if you like"),
    Status.UPLOAD: Bilingual("需要上传", "you hand it in"),
    Status.MISSING: Bilingual("目前没有查到", "not found so far"),
}


def chosen(material: PlannedMaterial, pack: Pack) -> Bilingual | None:
    """The way taken and the ways left aside; None where there is only one."""
    if len(material.ways) < 2:
        return None
    taken = next(way for way in material.ways if way.alternative == material.alternative)
    others = [way for way in material.ways if way is not taken]
    name, trouble = name_of(material.id, taken.alternative, pack), _TROUBLE[taken.status]
    zh, en = f"“{name.zh}”：{trouble.zh}", f"“{name.en}”: {trouble.en}"
    count = len(material.ways)
    if taken is not material.ways[0]:
        zh, en = f"{zh}，按您的选择", f"{en}, as you chose"
    else:
        zh, en = f"{zh}，{count} 种办法中最省事", f"{en}, the least trouble of {count} ways"
    left = [(name_of(material.id, way.alternative, pack), _TROUBLE[way.status], way.open) for way in others]
    zh_left = "；".join(
        f"“{other.zh}”（{why.zh}{'，还要看您的回答' if open_ else ''}）" for other, why, open_ in left
    )
    en_left = "; ".join(
        f"“{other.en}” ({why.en}{', if your answers allow it' if open_ else ''})"
        for other, why, open_ in left
    )
    return Bilingual(f"{zh}。另有：{zh_left}", f"{en}. Other ways: {en_left}")


def name_of(material: str, alternative: int, pack: Pack) -> Bilingual:
    """The name of one way to meet a material: its own, else that of the licence or registry, else the material's."""
    way = pack.materials[material].alternatives[alternative]
    names = [_own_name(material, way, pack), *(pack.materials[name].name for name in way.along_with)]
    return Bilingual("加".join(name.zh for name in names), " with ".join(name.en for name in names))


def _own_name(material: str, way: model.Alternative, pack: Pack) -> Bilingual:
    if way.name is not None:
        return way.name
    if way.licence and way.licence in pack.licences:
        return pack.licences[way.licence].name
    if way.registry and way.registry in pack.resources:
        return pack.resources[way.registry].name
    return pack.materials[material].name
