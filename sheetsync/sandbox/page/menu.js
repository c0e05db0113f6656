// Inserting, deleting and sorting lines, from a small menu that mouse and keyboard open alike.

import { clear } from "./editor.js";
import { send } from "./live.js";
import { area, byId, cursor, frozen, letters, places, rows, select, sheet, takeFocus } from "./sheet.js";

const menu = byId("menu");
const items = () => [...menu.querySelectorAll("button:not([hidden])")];

/** Opens the menu for `kind`: "row", "column" or "cell". */
export function open(kind, x, y) {
  if (!menu) return;
  const box = area();
  const isRange = box.bottom - box.top > 1 && kind !== "row" && box.bottom - box.top < rows.length;
  for (const each of menu.children) {
    const kinds = each.dataset.for.split(" ");
    each.hidden = !(kinds.includes(kind) || (kinds.includes("range") && isRange));
    if (each.dataset.do) each.textContent = label(each.dataset.do, box);
  }
  menu.hidden = false;
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - menu.offsetWidth - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(y, innerHeight - menu.offsetHeight - 4))}px`;
  items()[0]?.focus();
}

function label(act, box) {
  const [down, across] = [box.bottom - box.top, box.right - box.left];
  const lines = down > 1 ? `${down} rows` : "row";
  const upright = across > 1 ? `${across} columns` : "column";
  const rowNames = down > 1 ? `rows ${box.top + 1}–${box.bottom}` : `row ${box.top + 1}`;
  const names = across > 1 ? `columns ${letters(box.left)}–${letters(box.right - 1)}` : `column ${letters(box.left)}`;
  const by = letters(cursor.column);
  return {
    "insert-above": `Insert ${lines} above`,
    "insert-below": `Insert ${lines} below`,
    "delete-rows": `Delete ${rowNames}`,
    "insert-left": `Insert ${upright} left`,
    "insert-right": `Insert ${upright} right`,
    "delete-columns": `Delete ${names}`,
    "sort-up": `Sort sheet by ${by}, A to Z`,
    "sort-down": `Sort sheet by ${by}, Z to A`,
    "sort-range-up": `Sort rows ${box.top + 1}–${box.bottom} of the range by ${by}, A to Z`,
    "sort-range-down": `Sort rows ${box.top + 1}–${box.bottom} of the range by ${by}, Z to A`,
    clear: "Clear contents",
  }[act];
}

export function close() {
  if (!menu || menu.hidden) return;
  menu.hidden = true;
  takeFocus();
}

/** The act for the server, with its area; null for what is done otherwise. */
function asked(act, box) {
  const width = Number(sheet.dataset.columns);
  const [down, across] = [box.bottom - box.top, box.right - box.left];
  const whole = { top: frozen(), bottom: Number(sheet.dataset.rows), left: 0, right: width };
  const sorted = { act: "sort", column: cursor.column, order: act.endsWith("down") ? "descending" : "ascending" };
  return {
    "insert-above": { act: "insert-rows", ...box },
    "insert-below": { act: "insert-rows", ...box, top: box.bottom, bottom: box.bottom + down },
    "delete-rows": { act: "delete-rows", ...box },
    "insert-left": { act: "insert-columns", ...box },
    "insert-right": { act: "insert-columns", ...box, left: box.right, right: box.right + across },
    "delete-columns": { act: "delete-columns", ...box },
    "sort-up": { ...sorted, ...whole },
    "sort-down": { ...sorted, ...whole },
    "sort-range-up": { ...sorted, ...box },
    "sort-range-down": { ...sorted, ...box },
  }[act];
}

export async function run(act) {
  close();
  if (act === "clear") {
    await clear();
    return;
  }
  // What it is about follows its rows, should others move them in this very moment.
  const first = { row: area().top };
  const from = first.row;
  const fields = asked(act, area());
  const isWhole = act === "sort-up" || act === "sort-down";
  places.add(first);
  const at = { ...cursor };
  const done = await send(() => {
    const by = isWhole ? 0 : first.row - from;
    return { ...fields, top: fields.top + by, bottom: isWhole ? Number(sheet.dataset.rows) : fields.bottom + by };
  });
  places.delete(first);
  if (done && act === "insert-above") select(at.row, at.column);
  if (done && act === "insert-below") select(fields.top, at.column);
  if (done && act === "insert-right") select(at.row, fields.left);
}

menu?.addEventListener("click", (event) => {
  const act = event.target.closest("button")?.dataset.do;
  if (act) run(act);
});
menu?.addEventListener("keydown", (event) => {
  event.stopPropagation();
  const all = items();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    close();
  }
});
document.addEventListener("pointerdown", (event) => {
  if (menu && !menu.hidden && !menu.contains(event.target)) menu.hidden = true;
});
