// A person's hands on the page: mouse, keyboard, clipboard, links. Everything can be seen without this script.

import * as editor from "./editor.js";
import { hush, say, watch } from "./live.js";
import * as menu from "./menu.js";
import * as grid from "./sheet.js";

const { byId, cursor, sheet } = grid;
const card = byId("card");
let dragging = false;

// The mouse

const lineHead = (target) => target.closest?.("tr[data-r] > th");
const columnHead = (target) => target.closest?.(".letters th[data-c]");
const whole = { row: () => grid.rows.length - 1, column: () => Number(sheet.dataset.columns) - 1 };

function chooseLine(line, column, extending) {
  if (line) {
    const row = Number(line.parentNode.dataset.r);
    const from = extending ? cursor.row : row;
    grid.select(from, 0, { to: { row, column: whole.column() }, reveal: false });
  } else {
    const at = Number(column.dataset.c);
    const from = extending ? cursor.column : at;
    grid.select(0, from, { to: { row: whole.row(), column: at }, reveal: false });
  }
}

sheet.addEventListener("pointerdown", (event) => {
  const [cell, line, column] = [event.target.closest("td"), lineHead(event.target), columnHead(event.target)];
  if (!cell && !line && !column) return;
  if (event.button === 2 && cell?.hasAttribute("aria-selected")) return;
  if (event.button === 2 && (line ?? column)?.classList.contains("at")) return;
  // Leaving the editor writes what it holds, before anything else is chosen.
  document.activeElement?.blur?.();
  if (line || column) chooseLine(line, column, event.shiftKey);
  else {
    const { row, column: at } = grid.placeOf(cell);
    if (event.shiftKey) grid.extend(row, at);
    else grid.select(row, at, { reveal: false });
    dragging = event.button === 0 && event.pointerType === "mouse";
  }
  if (event.pointerType === "mouse") event.preventDefault();
});
sheet.addEventListener("pointerover", (event) => {
  const cell = event.target.closest("td");
  if (!dragging || !cell || !(event.buttons & 1)) return;
  const { row, column } = grid.placeOf(cell);
  grid.select(cursor.row, cursor.column, { to: { row, column }, reveal: false });
});
addEventListener("pointerup", () => {
  dragging = false;
});
sheet.addEventListener("click", (event) => {
  // A click chooses the cell; its link stands in the card beside it.
  if (event.target.closest("td a") && !event.ctrlKey && !event.metaKey) event.preventDefault();
});
sheet.addEventListener("dblclick", (event) => {
  if (event.target.closest("td")) editor.open();
});
sheet.addEventListener("contextmenu", (event) => {
  if (!grid.writable) return;
  const kind = lineHead(event.target) ? "row" : columnHead(event.target) ? "column" : event.target.closest("td") && "cell";
  if (!kind) return;
  event.preventDefault();
  menu.open(kind, event.clientX, event.clientY);
});
sheet.addEventListener("scroll", () => {
  editor.lay();
  card.hidden = true;
});
addEventListener("resize", () => editor.lay());

// The keyboard

const arrows = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

const keys = {
  Tab: (event) => grid.move(0, event.shiftKey ? -1 : 1),
  Enter: (event) => (event.altKey ? followLink() : grid.move(event.shiftKey ? -1 : 1, 0)),
  PageDown: (event) => grid.page(1, event.shiftKey),
  PageUp: (event) => grid.page(-1, event.shiftKey),
  Home: (event) => go(event.ctrlKey ? 0 : cursor.row, 0, event.shiftKey),
  End: (event) => {
    const last = grid.lastUsed();
    go(event.ctrlKey ? last.row : cursor.row, last.column, event.shiftKey);
  },
  F2: () => editor.open(),
  F6: () => byId("place").focus(),
  Delete: () => editor.clear(),
  Backspace: () => editor.clear(),
  Escape: () => {
    hush();
    card.hidden = true;
  },
  ContextMenu: () => openMenu(),
};

function go(row, column, extending) {
  if (extending) grid.extend(row, column);
  else grid.select(row, column);
}

function openMenu() {
  const box = grid.cellAt(cursor.row, cursor.column)?.getBoundingClientRect();
  menu.open("cell", box?.left ?? 60, box?.bottom ?? 60);
}

function withControl(event) {
  const key = event.key.toLowerCase();
  if (key === "a") grid.select(0, 0, { to: { row: whole.row(), column: whole.column() }, reveal: false });
  else if (key === "/") byId("keys").showModal();
  else if (event.code === "Space") grid.select(0, cursor.column, { to: { row: whole.row(), column: cursor.column }, reveal: false });
  else return false;
  return true;
}

function handled(event) {
  const control = event.ctrlKey || event.metaKey;
  if (event.key in arrows && !event.altKey) {
    (control ? grid.leap : grid.move)(...arrows[event.key], event.shiftKey);
  } else if (event.key === "F10" && event.shiftKey) openMenu();
  else if (event.shiftKey && event.code === "Space" && !control) {
    grid.select(cursor.row, 0, { to: { row: cursor.row, column: whole.column() }, reveal: false });
  } else if (event.key in keys) keys[event.key](event);
  else if (control && !event.altKey) return withControl(event);
  // Into the editor with it; the key itself is what it opens with.
  else if ([...event.key].length === 1 && !event.altKey && grid.writable) editor.open(event.key);
  else return false;
  return true;
}

sheet.addEventListener("keydown", (event) => {
  if (!event.isComposing && handled(event)) event.preventDefault();
});

// The bars above

const place = byId("place");
place.addEventListener("focus", () => place.select());
place.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    const box = grid.parse(place.value);
    if (box && box.top < grid.rows.length && box.left <= whole.column()) point(box);
    else say(`There is no ${place.value.trim() || "such cell"} in this sheet.`);
  } else if (event.key === "Escape") grid.takeFocus();
});
place.addEventListener("blur", () => {
  place.value = grid.areaName(grid.area());
});
byId("more").addEventListener("click", (event) => {
  const box = event.currentTarget.getBoundingClientRect();
  menu.open("cell", box.right - 210, box.bottom + 2);
});
byId("more").hidden = !grid.writable;
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("message").querySelector("button").addEventListener("click", () => {
  hush();
  grid.takeFocus();
});

grid.onSelect((box) => {
  if (document.activeElement !== place) place.value = grid.areaName(box);
  editor.refresh();
  showCard();
  const [down, across] = [box.bottom - box.top, box.right - box.left];
  byId("count").textContent = down * across > 1 ? `${down} × ${across}` : "";
});

/** The note, the links and, where it is cut off, the text of the active cell, beside it. */
function showCard() {
  const cell = grid.cellAt(cursor.row, cursor.column);
  const links = [...(cell?.querySelectorAll("a") ?? [])];
  // What a formula elsewhere shows here cannot be opened to be read in full.
  const cut = cell?.dataset.t === "" && cell.scrollWidth > cell.clientWidth ? cell.textContent : "";
  card.hidden = !cell?.title && !cut && links.length === 0;
  if (card.hidden) return;
  card.replaceChildren([cut, cell.title].filter(Boolean).join("\n"), ...links.map((link) => {
    const copy = link.cloneNode();
    copy.textContent = link.href;
    copy.tabIndex = -1;
    return copy;
  }));
  requestAnimationFrame(() => {
    const [box, room] = [cell.getBoundingClientRect(), card.getBoundingClientRect()];
    const below = box.bottom + 4 + room.height < sheet.getBoundingClientRect().bottom;
    card.style.top = `${below ? box.bottom + 4 : Math.max(4, box.top - room.height - 4)}px`;
    card.style.left = `${Math.max(4, Math.min(box.left, innerWidth - room.width - 8))}px`;
  });
}

const followLink = () => grid.cellAt(cursor.row, cursor.column)?.querySelector("a")?.click();

// The clipboard

const onGrid = () => sheet.contains(document.activeElement);
const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function copied() {
  const box = grid.area();
  const lines = grid.rows.slice(box.top, box.bottom).filter((line) => !line.hidden);
  return lines
    .map((line) => {
      const row = Number(line.dataset.r);
      const texts = [];
      for (let column = box.left; column < box.right; column += 1) {
        const cell = line.querySelector(`td[data-c="${column}"]`);
        texts.push(quoted(cell && row >= 0 ? grid.shownIn(cell) : ""));
      }
      return texts.join("\t");
    })
    .join("\n");
}

/** A block of text as rows of texts; a quoted text may hold tabs and line ends. */
function block(text) {
  const lines = [[]];
  for (const [, inner, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r?\n|$)/g)) {
    lines.at(-1).push(inner?.replaceAll('""', '"') ?? plain);
    if (end === "") break;
    if (end !== "\t") lines.push([]);
  }
  if (lines.length > 1 && lines.at(-1).join("") === "") lines.pop();
  return lines;
}

for (const kind of ["copy", "cut"]) {
  document.addEventListener(kind, (event) => {
    if (!onGrid()) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copied());
    if (kind === "cut") editor.clear();
  });
}
document.addEventListener("paste", async (event) => {
  if (!onGrid() || !grid.writable) return;
  event.preventDefault();
  const texts = block(event.clipboardData.getData("text/plain"));
  const at = { row: grid.area().top, column: grid.area().left };
  if (await editor.typeInto(at, texts)) {
    const to = { row: at.row + texts.length - 1, column: at.column + Math.max(...texts.map((line) => line.length)) - 1 };
    grid.select(at.row, at.column, { to });
  }
});

// Links to a cell: #gid=7&range=H12

function point(box) {
  const to = { row: Math.min(box.bottom, grid.rows.length) - 1, column: Math.min(box.right - 1, whole.column()) };
  grid.select(box.top, box.left, { to, reveal: false });
  grid.show(box.top, box.left, "center");
}

function followFragment() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const gid = wanted.get("gid") ?? grid.facts.gid;
  const here = new URLSearchParams(location.search);
  if (gid !== grid.facts.gid) {
    if (here.get("gid") === gid) say("The link leads to a tab that is not in this workbook any more.");
    else location.replace(`${location.pathname}?gid=${encodeURIComponent(gid)}${location.hash}`);
    return;
  }
  const box = wanted.has("range") ? grid.parse(wanted.get("range")) : null;
  if (!box) {
    grid.select(grid.frozen() < grid.rows.length ? grid.frozen() : 0, 0, { reveal: false });
    return;
  }
  if (box.top >= grid.rows.length && box.top < Number(sheet.dataset.rows)) {
    location.replace(`${location.pathname}?gid=${gid}&wanted=${box.bottom + 100}${location.hash}`);
    return;
  }
  if (box.top >= grid.rows.length || box.left > whole.column()) {
    say(`The link leads to ${wanted.get("range")}, which is outside of this sheet.`);
    return;
  }
  point(box);
  grid.mark({ ...box, bottom: Math.min(box.bottom, grid.rows.length), right: Math.min(box.right, whole.column() + 1) });
  if (grid.rows[box.top].hidden) say(`Row ${box.top + 1}, to which the link leads, is hidden.`);
}

grid.index();
followFragment();
addEventListener("hashchange", followFragment);
watch();
document.documentElement.dataset.ready = "yes";
