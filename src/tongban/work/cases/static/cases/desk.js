// Keys of the officers' desk. Every one of them presses a button or follows a link that is on the page.
"use strict";

const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
const chosen = () => document.querySelector("table[data-keys] tr[aria-selected=true]");
const visible = (element) => element && element.getClientRects().length > 0 && !element.disabled;

// What a key presses: in the row that is chosen first, then anywhere on the page.
const pressed = (key) => {
  const all = [...document.querySelectorAll(`[data-key="${key}"]`)], row = chosen();
  return (row && all.find((one) => row.contains(one))) || all.find((one) => !one.closest("table[data-keys]"));
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "?") {
    const help = document.getElementById("keys");
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else if (key === "/") {
    const field = document.querySelector("input[type=search]");
    if (!visible(field)) return;
    field.focus();
    field.select();
  } else if (key === "x") {
    const box = chosen() && chosen().querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = !box.checked;
  } else if (key === "n" || key === "c") {
    const target = pressed(key);
    if (!target) return;
    if (target.tagName === "FORM") target.requestSubmit();
    else target.click();
  } else return;
  event.preventDefault();
});

// A text to use again goes where the cursor was last.
let last = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea[name=reasons], input[name^='text:']")) last = event.target;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=insert][data-text]");
  if (!button) return;
  const field = last || document.querySelector("textarea[name=reasons]");
  if (!field) return; // the server puts it into the ticked lines
  event.preventDefault();
  field.focus();
  field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
  const box = field.name.startsWith("text:") && document.getElementById(`tick-${field.name.slice(5)}`);
  if (box) box.checked = true;
});
