"""Addresses of policies, benefits and an office's entitlements."""

from django.urls import path, register_converter

from tongban.work.policies.pages import (
    calculator,
    calculator_tools,
    claims,
    desk,
    office,
    owner,
    owner_steps,
    public,
    publicity,
    rounds,
    rounds_files,
)


class Kind:
    """For whom the calculator is asked."""

    regex = "enterprise|person"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Kind, "kind")

app_name = "policies"
urlpatterns = [
    # -- for everybody
    path("policies", public.policies, name="policies"),
    path("policies/<slug:policy_id>", public.policy, name="policy"),
    path("calculator", calculator.choose, name="calculators"),
    path("calculator/<kind:kind>", calculator.calculator, name="calculator"),
    path("calculator/<kind:kind>.csv", calculator.table, name="calculator-table"),
    path("calculator/<kind:kind>/about", calculator.about, name="calculator-about"),
    path("calculator/<kind:kind>/answer", calculator.answer, name="calculator-answer"),
    path("calculator/<kind:kind>/undo", calculator.undo, name="calculator-undo"),
    path("calculator/<kind:kind>/clear", calculator.clear, name="calculator-clear"),
    path("calculator/<kind:kind>/start", calculator.start, name="calculator-start"),
    path("calculator/<kind:kind>/print", calculator.printed, name="calculator-print"),
    path("calculator/<kind:kind>/why/<slug:policy_id>", calculator.why, name="calculator-why"),
    path("calculator/<kind:kind>/rung/<slug:result>", calculator.rung, name="calculator-rung"),
    path("calculator/<kind:kind>/aside", calculator_tools.aside, name="calculator-aside"),
    path("calculator/<kind:kind>/compare", calculator_tools.compare, name="calculator-compare"),
    path("calculator/<kind:kind>/keep", calculator_tools.keep, name="calculator-keep"),
    path("calculator/<kind:kind>/kept/<uuid:key>", calculator_tools.kept, name="calculator-kept"),
    path("calculator/<kind:kind>/share", calculator_tools.share, name="calculator-share"),
    path("calculator/<kind:kind>/shared", calculator_tools.shared, name="calculator-shared"),
    path("calculator/<kind:kind>/take", calculator_tools.take, name="calculator-take"),
    path("calculator/<kind:kind>/widget", calculator_tools.widget, name="calculator-widget"),
    path("publicity", publicity.lists, name="publicities"),
    path("publicity/<uuid:round_>", publicity.one, name="publicity"),
    path("publicity/lines/<uuid:line>/object", publicity.object_to, name="publicity-object"),
    # -- for the owner
    path("benefits", owner.benefits, name="benefits"),
    path("benefits/look", owner.look, name="look"),
    path("benefits/looking", owner.stance, name="stance"),
    path("benefits/<uuid:entitlement>", owner.benefit, name="benefit"),
    path("benefits/<uuid:entitlement>/confirm", owner_steps.confirm, name="confirm"),
    path("benefits/<uuid:entitlement>/refuse", owner_steps.refuse, name="refuse"),
    path("benefits/<uuid:entitlement>/contest", owner_steps.contest, name="contest"),
    # -- for an office
    path("office/entitlements", office.entitlements, name="office-entitlements"),
    path("office/entitlements.csv", office.entitlements_csv, name="office-entitlements-csv"),
    path("office/entitlements/<uuid:entitlement>", office.entitlement, name="office-entitlement"),
    path("office/entitlements/<uuid:entitlement>/answer", office.answer, name="office-answer"),
    path("office/entitlements/<uuid:entitlement>/pay", office.pay, name="office-pay"),
    path("office/entitlements/<uuid:entitlement>/account", office.account, name="office-account"),
    path("office/entitlements/<uuid:entitlement>/claim-back", claims.claim_back, name="office-claim-back"),
    path("office/entitlements/<uuid:entitlement>/repaid", claims.repaid, name="office-repaid"),
    path("office/policy-desk", desk.policies, name="desk"),
    path("office/policy-desk/runs/<uuid:key>", desk.run, name="desk-run"),
    path("office/policy-desk/<slug:policy_id>", desk.policy, name="desk-policy"),
    path("office/policy-desk/<slug:policy_id>/run", desk.ask, name="desk-ask"),
    path("office/policy-desk/<slug:policy_id>/layer", desk.layer, name="desk-layer"),
    path("office/entitlements/rounds", rounds.listed, name="rounds"),
    path("office/entitlements/rounds/begin", rounds.begin, name="round-begin"),
    path("office/entitlements/rounds/<uuid:round_>", rounds.one, name="round"),
    path("office/entitlements/rounds/<uuid:round_>.csv", rounds_files.table, name="round-table"),
    path("office/entitlements/rounds/<uuid:round_>/progress", rounds.progress, name="round-progress"),
    path(
        "office/entitlements/rounds/<uuid:round_>/payments", rounds_files.payment_file, name="round-payments"
    ),
    path(
        "office/entitlements/rounds/<uuid:round_>/places", rounds_files.allocation_file, name="round-places"
    ),
    path(
        "office/entitlements/rounds/<uuid:round_>/results", rounds_files.payment_results, name="round-results"
    ),
    path("office/entitlements/rounds/<uuid:round_>/archive", rounds_files.archive, name="round-archive"),
    path("office/entitlements/rounds/<uuid:round_>/<slug:what>", rounds.step, name="round-step"),
    path("office/entitlements/rounds/lines/<uuid:line>/strike", rounds.strike, name="round-strike"),
    path("office/entitlements/rounds/objections/<uuid:objection>", rounds.answer, name="round-answer"),
]
