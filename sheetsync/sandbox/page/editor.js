// Typing: in the cell itself or in the bar above; a text is written when it is left with Enter, Tab or a click.

import { ask, hush, send } from "./live.js";
import { area, byId, cellAt, cursor, move, places, select, sheet, shownIn, takeFocus, typedIn, writable } from "./sheet.js";

const editor = byId("editor");
const entry = byId("entry");
/** The cell being edited, which follows its row; null when none is. */
let place = null;
/** Whether arrows leave the cell, as after typing right away, or move within the text. */
let arrowsLeave = false;
let sure = false;

export const isOpen = () => place !== null;
const isKept = (cell) => sheet.hasAttribute("data-warned") || Boolean(cell?.classList.contains("warned"));

/** Opens the editor; `text` is what was just typed, null to edit what is there. */
export async function open(text = null) {
  if (!writable || place) return;
  const cell = cellAt(cursor.row, cursor.column);
  if (!cell) return;
  hush();
  sure = isKept(cell);
  if (sure && !(await ask())) {
    sure = false;
    takeFocus();
    return;
  }
  place = { ...cursor };
  places.add(place);
  arrowsLeave = text !== null;
  editor.value = text ?? typedIn(cell);
  entry.value = editor.value;
  editor.hidden = false;
  lay();
  editor.focus();
  editor.setSelectionRange(editor.value.length, editor.value.length);
}

/** Keeps the editor over its cell. */
export function lay() {
  if (!place) return;
  const box = cellAt(place.row, place.column)?.getBoundingClientRect();
  if (!box) return;
  const room = sheet.getBoundingClientRect();
  const left = Math.max(room.left, Math.min(box.left, room.right - 80));
  const top = Math.max(room.top, Math.min(box.top, room.bottom - 24));
  Object.assign(editor.style, {
    left: `${left - 1}px`,
    top: `${top - 1}px`,
    minWidth: `${box.width + 2}px`,
    maxWidth: `${Math.max(room.right - left - 8, 80)}px`,
    minHeight: `${box.height + 2}px`,
    maxHeight: `${Math.max(room.bottom - top - 4, 40)}px`,
  });
}

export function cancel() {
  shut();
  refresh();
  takeFocus();
}

function shut() {
  places.delete(place);
  place = null;
  editor.hidden = true;
}

/** Writes what was typed; what was not changed is not written. */
export async function commit() {
  if (!place) return;
  const [at, text, certain] = [place, editor.value, sure];
  shut();
  await write(at, text, certain);
}

/** Types one text into one place, and shows it while it is on its way. */
async function write(at, text, certain) {
  const cell = cellAt(at.row, at.column);
  if (text === typedIn(cell)) return;
  const before = [...(cell?.childNodes ?? [])];
  cell?.replaceChildren(text);
  cell?.classList.add("pending");
  await typeInto(at, [[text]], certain);
  if (cell?.isConnected && cell.classList.contains("pending")) {
    cell.classList.remove("pending");
    cell.replaceChildren(...before);
  }
  refresh();
}

/** Types a block of texts from a place on; the place follows its row until it is written. */
export async function typeInto(at, texts, certain = false) {
  const tracked = { ...at };
  places.add(tracked);
  const done = await send(() => ({ act: "type", top: tracked.row, left: tracked.column, texts: JSON.stringify(texts) }), certain);
  places.delete(tracked);
  return done;
}

/** The bar shows what was typed into the active cell. */
export function refresh() {
  if (place || document.activeElement === entry) return;
  const cell = cellAt(cursor.row, cursor.column);
  entry.value = typedIn(cell);
  // What a formula elsewhere shows here was typed by nobody.
  entry.placeholder = shownIn(cell);
}

const step = { Enter: [1, 0], Tab: [0, 1], ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

editor.addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.isComposing) return;
  const { key } = event;
  if (key === "Escape") {
    event.preventDefault();
    cancel();
  } else if (key === "Enter" && (event.altKey || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    editor.setRangeText("\n", editor.selectionStart, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input"));
  } else if (key === "Enter" || key === "Tab" || (key in step && arrowsLeave && !editor.value.startsWith("="))) {
    event.preventDefault();
    const back = event.shiftKey ? -1 : 1;
    select(place.row, place.column, { focus: false });
    commit();
    move(step[key][0] * back, step[key][1] * back);
  }
});
editor.addEventListener("input", () => {
  entry.value = editor.value;
});
editor.addEventListener("pointerdown", () => {
  arrowsLeave = false;
});
editor.addEventListener("blur", () => {
  // The bar takes the text over; a dialog or another window only interrupts.
  if (place && document.hasFocus() && document.activeElement !== entry) commit();
});

// The bar above

let held = null;

entry.addEventListener("focus", async () => {
  if (!writable) return;
  const text = place ? editor.value : null;
  held = { ...(place ?? cursor) };
  if (place) shut();
  places.add(held);
  if (text !== null) entry.value = text;
  const kept = isKept(cellAt(held.row, held.column));
  if (kept && !sure) {
    sure = await ask();
    if (!sure) leaveBar(false);
    else entry.focus();
  }
});

function leaveBar(keep) {
  const [at, text, certain] = [held, entry.value, sure];
  held = null;
  sure = false;
  places.delete(at);
  takeFocus();
  if (keep && at) write(at, text, certain);
  else refresh();
}

entry.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    leaveBar(true);
    if (event.key === "Enter") move(event.shiftKey ? -1 : 1, 0);
    else move(0, event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape") {
    leaveBar(false);
  }
});
entry.addEventListener("blur", () => {
  if (held && document.hasFocus() && !byId("warning").open) {
    const [at, text, certain] = [held, entry.value, sure];
    held = null;
    sure = false;
    places.delete(at);
    write(at, text, certain);
  }
});

/** Clears what is selected. */
export function clear() {
  const box = area();
  if (!writable) return Promise.resolve(false);
  const tracked = { row: box.top, height: box.bottom - box.top };
  places.add(tracked);
  return send(() => ({ act: "clear", ...box, top: tracked.row, bottom: tracked.row + tracked.height })).finally(() => {
    places.delete(tracked);
    refresh();
  });
}
