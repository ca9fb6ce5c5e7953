"""Plans, applications and cases over HTTP, with the same actions as the pages."""

from ninja import Router

from tongban.work.cases.api import applications, cases, inspections, plans, visits

router = Router()
for part in (plans.router, applications.router, cases.router, visits.router, inspections.router):
    router.add_router("", part)
