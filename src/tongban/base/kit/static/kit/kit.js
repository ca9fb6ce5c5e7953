// Small comforts; every page is whole without them.
"use strict";

// The error summary takes the focus, so that it is read first.
const summary = document.querySelector("[role=alert][tabindex='-1']");
if (summary) summary.focus();

// Open menus close on Escape and on a click elsewhere.
const menus = () => document.querySelectorAll("details.menu[open], details.navtoggle[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// J and K move through the rows of <table data-keys>, Enter opens the first link of the row.
document.addEventListener("keydown", (event) => {
  const table = document.querySelector("table[data-keys]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, button, summary, [contenteditable]")) return;
  const rows = [...table.tBodies[0].rows].filter((row) => row.querySelector("a[href]"));
  const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const key = event.key.toLowerCase();
  if (key === "enter" && now >= 0 && !event.target.closest("a")) {
    rows[now].querySelector("a[href]").click();
  } else if (key === "j" || key === "k") {
    const next = rows[now < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, now + (key === "j" ? 1 : -1)))];
    if (!next) return;
    for (const row of rows) row.removeAttribute("aria-selected");
    next.setAttribute("aria-selected", "true");
    next.querySelector("a[href]").focus();
    next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  }
});

// A slider and the field beside it say the same; the field is what is sent.
document.addEventListener("input", (event) => {
  const twin = event.target.dataset.twin && document.getElementById(event.target.dataset.twin);
  if (twin) twin.value = event.target.value;
  else if (event.target.id) {
    const slider = document.querySelector(`input[data-twin="${CSS.escape(event.target.id)}"]`);
    if (slider) slider.value = event.target.value;
  }
});
