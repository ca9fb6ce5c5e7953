"""Plans, applications and cases over HTTP, with the same actions as the pages."""

from ninja import Router

from tongban.work.cases.api import applications, cases, plans

router = Router()
for part in (plans.router, applications.router, cases.router):
    router.add_router("", part)
