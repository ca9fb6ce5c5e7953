"""Every kind of content: folder -> (attribute of Pack, model). A layer holds one folder for each kind it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from tongban.core.packs import model, model_data, model_guide, model_retention, model_rules

KINDS: Final[Mapping[str, tuple[str, type[BaseModel]]]] = {
    **model.KINDS,
    **model_rules.RULE_KINDS,
    **model_guide.GUIDE_KINDS,
    **model_data.DATA_KINDS,
    **model_retention.RETENTION_KINDS,
}
