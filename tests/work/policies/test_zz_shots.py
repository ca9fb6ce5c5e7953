import json, pathlib, re
from tests.work.policies.grants import *
from tongban.work.policies.actions import owner
CSS = pathlib.Path("src/tongban/base/kit/static/kit/app.css").read_text()
def save(name, html, theme=""):
    html = re.sub(r'<link rel="stylesheet"[^>]*>', lambda m: f"<style>{CSS}</style>", html)
    html = re.sub(r"<script[^>]*></script>", "", html)
    if theme: html = html.replace("<html ", f'<html data-theme="{theme}" ', 1)
    pathlib.Path("/tmp/polshots").mkdir(exist_ok=True); pathlib.Path(f"/tmp/polshots/{name}.html").write_text(html)
def test_shots(town, monkeypatch):
    from django.utils.translation import trans_real
    t = trans_real.translation("zh-hans")
    for k, v in json.load(open("/tmp/zh_policies.json")).items():
        t._catalog[k] = v
        if "%(n)s" in k: t._catalog[(k, 0)] = v
    a = town.found(area="320.00"); b = town.found(town.shop()); c = town.found(town.shop())
    town.look(town.shop(entity="branch")); town.look(town.shop(permit=None))
    owner.contest(acting=town.owner(), entitlement=b.id, text="面积是 120 平方米，不是 86.5 平方米，见房产证。")
    owner.confirm(acting=town.owner(), entitlement=c.id, payee_name="林晓晨", account=ACCOUNT)
    town.officer(COMMERCE)
    for lang, th in (("en", ""), ("zh-hans", "dark")):
        lin = town.browser("demo-lin", lang); off = town.browser(f"of-{COMMERCE}", lang); new = town.browser("demo-shen", lang)
        for n, (cl, u) in {"benefits": (lin, "/benefits"), "benefit": (lin, f"/benefits/{a.id}"), "confirm": (lin, f"/benefits/{a.id}/confirm"), "contest": (lin, f"/benefits/{a.id}/contest"), "refuse": (lin, f"/benefits/{a.id}/refuse"), "empty": (new, "/benefits"), "policies": (new, "/policies"), "policy": (new, f"/policies/{GRANT}"), "office": (off, "/office/entitlements?tab=all"), "office1": (off, f"/office/entitlements/{b.id}"), "answer": (off, f"/office/entitlements/{b.id}/answer"), "pay": (off, f"/office/entitlements/{c.id}/pay")}.items():
            save(f"{n}-{lang}", contents(cl.get(u)), th)
