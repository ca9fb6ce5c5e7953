"""Every number that counts something opens to what it counts, and the list is as long as the number says.

Templates mark both ends (docs/recipes/show-a-number.md):

    <a href="/office?show=late" data-counts="3">       opens the list: the one at #id of the address, else the page's only one
    <details data-counts="3"><summary>...              holds the list
    <p data-counts="3" data-here="results">            stands above a list of the same page
    <a href="/events/x"><b data-counts="3" data-list="services">   inside a link to a page with several lists
    <b data-counts="3" aria-describedby="closed">      may not be opened: the text says what it counts, since when, why not

    <section data-total="3" id="late">                 a list: rows of its table, items of its list, or what is marked data-row
    <tr data-n="2">                                    a row that stands for two
    <p data-hidden="1">                                counted, and not shown to this reader: said in words

A sum names what of each row it adds up: data-of="tax" on the figure, data-tax="113" in the row.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Page

ALIKE: Final = 2
"""Figures that lead to pages of one pattern are followed this often for each reader, those that count most first."""
_UNMARKED: Final = ".kpi .v, .tabs .n, h1 .num, h2 .num, td.end.num, dd.end.num"
"""Where pages show amounts. Each is a figure, holds one, or says with data-own that it is the row's own value."""

_SCRIPT: Final = """
async ([figures, most]) => {
  const faults = [];
  const pages = new Map();
  const load = async (address) => {
    if (!pages.has(address)) {
      const answer = await fetch(address);
      const text = answer.ok ? await answer.text() : "";
      pages.set(address, answer.ok ? new DOMParser().parseFromString(text, "text/html") : answer.status);
    }
    return pages.get(address);
  };
  const rows = (list) => {
    const marked = [...list.querySelectorAll("[data-row]")];
    if (marked.length) return marked;
    const tables = list.matches("table") ? [list] : [...list.querySelectorAll("table")];
    if (tables.length) return tables.flatMap((table) => [...table.tBodies].flatMap((body) => [...body.rows])).filter((row) => !("sum" in row.dataset));
    const items = list.matches("ul, ol, dl") ? list : list.querySelector("ul, ol");
    return items ? [...items.children].filter((item) => item.tagName !== "DD") : [];
  };
  const worth = (list, of) => {
    if (of) {
      const cells = list.matches(`[data-${of}]`) ? [list] : [...list.querySelectorAll(`[data-${of}]`)];
      return cells.reduce((sum, cell) => sum + Number(cell.getAttribute(`data-${of}`)), 0);
    }
    return rows(list).reduce((sum, row) => sum + Number(row.dataset.n ?? 1), 0);
  };
  const unseen = (list) => [...list.querySelectorAll("[data-hidden]")].reduce((sum, note) => sum + Number(note.dataset.hidden), 0);
  const listOf = (page, id) => {
    if (id) return page.getElementById(id);
    const lists = page.querySelectorAll("main [data-total]");
    return lists.length === 1 ? lists[0] : null;
  };
  const count = async (page, id, of, address) => {
    let list = listOf(page, id);
    if (!list) return id ? `no list #${id}` : "no list, or several and no #id";
    const total = list.dataset.total;
    let sum = worth(list, of) + (of ? 0 : unseen(list));
    for (let turn = 0; turn < most; turn++) {
      const next = page.querySelector("main nav a[rel=next]");
      if (!next || (!of && total !== undefined && sum >= Number(total))) break;
      address = new URL(next.getAttribute("href"), address).href;
      page = await load(address);
      if (typeof page === "number") return `${address} answers ${page}`;
      list = listOf(page, id);
      if (!list) break;
      sum += worth(list, of);
    }
    return { total: of || total === undefined ? sum : Number(total), sum };
  };
  const compare = (what, said, found) => {
    if (typeof found === "string") faults.push(`${what}: ${found}`);
    else if (found.total !== said || found.sum !== said) faults.push(`${what}: says ${said}, the list says ${found.total} and holds ${found.sum}`);
  };
  for (const { index, said, of, address, here, list } of figures) {
    const figure = document.querySelectorAll("[data-counts]")[index];
    const what = `“${figure.textContent.trim().replace(/\\s+/g, " ").slice(0, 70)}”`;
    if (here === "") {
      const inside = figure.matches("details") ? figure : figure.closest("details");
      const hidden = unseen(inside);
      const sum = worth(inside, of) + (of ? 0 : hidden);
      compare(what, said, { total: sum, sum });
    } else if (here) {
      const first = new URL(location.href);
      const later = Number(first.searchParams.get("page") ?? 1) > 1;
      first.searchParams.delete("page");
      compare(what, said, await count(later ? await load(first.href) : document, here, of, first.href));
    }
    else {
      const target = new URL(address, location.href);
      const id = list || decodeURIComponent(target.hash.slice(1));
      target.hash = "";
      const page = await load(target.href);
      compare(`${what} → ${address}`, said, typeof page === "number" ? `answers ${page}` : await count(page, id, of, target.href));
    }
  }
  return faults;
}
"""

_FIGURES: Final = """
(unmarked) => {
  const faults = [];
  const figures = [...document.querySelectorAll("[data-counts]")].map((figure, index) => {
    const text = figure.textContent.trim().replace(/\\s+/g, " ");
    const said = Number(figure.dataset.counts), of = figure.dataset.of ?? "";
    const link = figure.closest("a[href]");
    if (figure.dataset.counts === "" || Number.isNaN(said)) faults.push(`“${text}”: data-counts is “${figure.dataset.counts}”`);
    if (figure.dataset.here) return { index, said, of, here: figure.dataset.here, address: "" };
    if (link) return { index, said, of, here: null, address: link.getAttribute("href"), list: figure.dataset.list ?? "" };
    const why = (figure.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent.trim() ?? "").join(" ").trim();
    if (why.length > 20) return null;
    if (figure.closest("details")) return { index, said, of, here: "", address: "" };
    faults.push(`“${text}” opens to nothing`);
    return null;
  }).filter(Boolean);
  for (const shown of document.querySelectorAll(`main :is(${unmarked})`)) {
    if (!/[0-9]/.test(shown.textContent)) continue;
    if (shown.closest("[data-counts], [data-own]") || shown.querySelector("[data-counts], [data-own]")) continue;
    faults.push(`“${shown.textContent.trim().replace(/\\s+/g, " ")}” (${shown.closest("section, table, h1")?.textContent.trim().replace(/\\s+/g, " ").slice(0, 60)}) is not marked as a figure`);
  }
  return { figures, faults };
}
"""


def faults(page: Page, followed: Counter[str]) -> list[str]:
    """What does not hold on this page; `followed` counts, for one reader, what was followed on pages before."""
    found: dict[str, Any] = page.evaluate(_FIGURES, _UNMARKED)
    chosen = []
    for figure in sorted(found["figures"], key=lambda figure: -figure["said"]):
        kind = f"{_alike(page.url)} {_alike(figure['address'])} {figure['of']} {figure['here']}"
        if figure["here"] is None:
            if followed[kind] >= ALIKE:
                continue
            followed[kind] += 1
        chosen.append(figure)
    return [*found["faults"], *page.evaluate(_SCRIPT, [chosen, 12])]


def _alike(address: str) -> str:
    """Pages that differ in ids and in the values of their query only."""
    parts = urlsplit(address)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]*-?\d{6}-\d{8}-[0-9A-Z-]+|\d+(-\d+)?", "#", parts.path)
    path = re.sub(
        r"^(/(?:laws|services|policies|catalogue|performance|office/performance)/)[^/]+", r"\1*", path
    )
    query = "&".join(sorted(re.findall(r"(?:part|show|tab|unsealed)=[^&]*|[a-z]+(?==)", parts.query)))
    return f"{path}?{query}#{parts.fragment if not re.search(r'[0-9]', parts.fragment) else '#'}"
