"""Addresses of policies, benefits and an office's entitlements."""

from django.urls import path

from tongban.work.policies.pages import office, owner, owner_steps, public

app_name = "policies"
urlpatterns = [
    # -- for everybody
    path("policies", public.policies, name="policies"),
    path("policies/<slug:policy_id>", public.policy, name="policy"),
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
]
