"""The periods of a case, read from its service as they stand on the day of submission."""

from __future__ import annotations

from datetime import date

from tongban.core.packs import model
from tongban.core.procedures.model import Terms
from tongban.core.values.duration import Duration


def terms(
    service: model.Service, variant: model.Variant | None = None, *, renews_until: date | None = None
) -> Terms:
    """Terms of the standard way, or of a variant where that sets its own.

    The extension is the statutory one (行政许可法 art. 42), or the promised one where no law sets a term. `renews_until`:
    last day of the licence to be renewed, where it was applied for in time.
    """
    promised = (variant.promised if variant else None) or service.promised
    statutory = (variant.statutory if variant else None) or service.statutory
    governing = statutory or promised
    tolerance = service.tolerance.within if service.tolerance else None
    heard = service.ending.heard if service.ending else None
    return Terms(
        promised=_duration(promised),
        statutory=_duration(statutory) if statutory else None,
        extension=governing.extension,
        notify_missing=_duration(service.notify_missing) if service.notify_missing else None,
        deliver=_duration(service.deliver) if service.deliver else None,
        tolerance=_duration(tolerance) if tolerance else None,
        rolls=governing.rolls,
        verify=_duration(variant.verify) if variant and variant.verify else None,
        objection=_duration(service.objection.within) if service.objection else None,
        review=_duration(service.objection.review) if service.objection else None,
        remedy=_duration(variant.remedy) if variant and variant.remedy else None,
        correction=_duration(service.correction.within) if service.correction else None,
        remind=_duration(service.correction.remind)
        if service.correction and service.correction.remind
        else None,
        heard=_duration(heard.within) if heard else None,
        hearing=_duration(heard.hearing) if heard and heard.hearing else None,
        renews_until=renews_until,
    )


def _duration(term: model.Term) -> Duration:
    return Duration(term.amount, term.unit)
