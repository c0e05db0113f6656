// The grid: which cell is where, what is chosen, and how one gets from cell to cell.

export const byId = (id) => document.getElementById(id);
export const sheet = byId("sheet");
export const facts = document.body.dataset;
export const writable = facts.ticket !== "";

/** Pixels shown to the right of a cell to which a link leads. */
const BESIDE = 220;
/** Rows by number, hidden ones too; columns that are shown; merged cells with what they cover. */
export let rows = [];
let columns = [];
let merges = [];
/** The active cell, and the other end of what is selected. They follow their rows when lines come and go. */
export const cursor = { row: 0, column: 0 };
const corner = { row: 0, column: 0 };
export const places = new Set([cursor, corner]);
let painted = [];
let listeners = [];

export const head = () => sheet.querySelector(".head");
export const frozen = () => Number(sheet.dataset.frozen);
export const onSelect = (listener) => listeners.push(listener);

/** To be called whenever lines have come or gone. */
export function index() {
  rows = [...sheet.querySelectorAll("tr[data-r]")];
  rows.forEach((line, row) => {
    if (line.dataset.r === String(row)) return;
    line.dataset.r = row;
    line.firstChild.textContent = row + 1;
  });
  columns = [...sheet.querySelectorAll(".letters th[data-c]")].map((each) => Number(each.dataset.c));
  merges = [...sheet.querySelectorAll("td[data-span]")].map((cell) => {
    const { row, column } = placeOf(cell);
    const [down, across] = cell.dataset.span.split(" ").map(Number);
    return { cell, top: row, left: column, bottom: row + down, right: column + across };
  });
}

export function letters(column) {
  let text = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}

export const name = (row, column) => letters(column) + (row + 1);

/** "B4", "A1:C3", "B:B" or "2:5" as an area, half-open; null if it is none. */
export function parse(text) {
  const corner = (part) => /^\$?([A-Z]{0,3})\$?(\d{0,7})$/.exec(part);
  const [first, last] = text.trim().toUpperCase().split(":").map(corner).concat([undefined]);
  const end = text.includes(":") ? last : first;
  if (!first?.[0] || !end?.[0] || (!text.includes(":") && !(first[1] && first[2]))) return null;
  const number = (part) => [...part].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const span = (one, other, whole) => {
    const known = [one, other].filter((each) => each >= 0);
    return known.length ? [Math.min(...known), known.length > 1 ? Math.max(...known) + 1 : whole] : [0, whole];
  };
  const line = (part) => (part[2] ? Number(part[2]) - 1 : -1);
  const column = (part) => (part[1] ? number(part[1]) : -1);
  const [top, bottom] = span(line(first), line(end), rows.length);
  const [left, right] = span(column(first), column(end), Number(sheet.dataset.columns));
  return { top, bottom, left, right };
}

export const placeOf = (cell) => ({ row: Number(cell.parentNode.dataset.r), column: Number(cell.dataset.c) });

const mergeAt = (row, column) =>
  merges.find((each) => each.top <= row && row < each.bottom && each.left <= column && column < each.right);

export const cellAt = (row, column) =>
  mergeAt(row, column)?.cell ?? rows[row]?.querySelector(`td[data-c="${column}"]`) ?? null;

/** What an editor shows for a cell, and what people see in it. */
export const typedIn = (cell) => cell?.dataset.t ?? cell?.textContent ?? "";
export const shownIn = (cell) => cell?.textContent ?? "";

/** What is selected, half-open; merged cells count whole. */
export function area() {
  let box = {
    top: Math.min(cursor.row, corner.row),
    bottom: Math.max(cursor.row, corner.row) + 1,
    left: Math.min(cursor.column, corner.column),
    right: Math.max(cursor.column, corner.column) + 1,
  };
  for (const each of merges) {
    if (each.top < box.bottom && box.top < each.bottom && each.left < box.right && box.left < each.right) {
      box = {
        top: Math.min(box.top, each.top),
        bottom: Math.max(box.bottom, each.bottom),
        left: Math.min(box.left, each.left),
        right: Math.max(box.right, each.right),
      };
    }
  }
  return box;
}

export function areaName(box) {
  const single = cellAt(box.top, box.left) === cellAt(box.bottom - 1, box.right - 1);
  const first = name(box.top, box.left);
  return single ? first : `${first}:${name(box.bottom - 1, box.right - 1)}`;
}

const isShown = (row, column) => Boolean(rows[row] && !rows[row].hidden && columns.includes(column));
const clamp = (value, end) => Math.max(0, Math.min(value, end - 1));

/** Chooses a cell; with `to` everything between the two. */
export function select(row, column, { to = null, focus = true, reveal = true } = {}) {
  const end = to ?? { row, column };
  const width = Number(sheet.dataset.columns);
  Object.assign(cursor, { row: clamp(row, rows.length), column: clamp(column, width) });
  Object.assign(corner, { row: clamp(end.row, rows.length), column: clamp(end.column, width) });
  unmark();
  paint();
  if (focus) takeFocus();
  if (reveal) show(corner.row, corner.column);
}

export const extend = (row, column) => select(cursor.row, cursor.column, { to: { row, column } });
export const takeFocus = () => cellAt(cursor.row, cursor.column)?.focus({ preventScroll: true });

/** Draws what is chosen; also to be called after lines were replaced. */
export function paint() {
  cursor.row = clamp(cursor.row, rows.length);
  corner.row = clamp(corner.row, rows.length);
  for (const each of painted) {
    each.removeAttribute("aria-selected");
    each.removeAttribute("tabindex");
    each.classList.remove("at");
  }
  const box = area();
  painted = [];
  for (let row = box.top; row < box.bottom; row += 1) {
    painted.push(rows[row].firstChild);
    for (const cell of rows[row].cells) {
      if (Number(cell.dataset.c) >= box.left && Number(cell.dataset.c) < box.right) painted.push(cell);
    }
  }
  for (const each of sheet.querySelectorAll(".letters th[data-c]")) {
    if (Number(each.dataset.c) >= box.left && Number(each.dataset.c) < box.right) painted.push(each);
  }
  for (const each of painted) {
    if (each.tagName === "TH") each.classList.add("at");
    else each.setAttribute("aria-selected", "true");
  }
  const active = cellAt(cursor.row, cursor.column);
  if (active) {
    active.tabIndex = 0;
    painted.push(active);
  }
  for (const listener of listeners) listener(box);
}

/** Scrolls so that a cell can be seen beside what is frozen. */
export function show(row, column, block = "nearest") {
  const cell = cellAt(row, column);
  if (!cell) return;
  const still = cell.closest(".head");
  sheet.style.scrollPaddingTop = `${head().offsetHeight}px`;
  sheet.style.scrollPaddingLeft = `${stillWidth(column)}px`;
  const top = sheet.scrollTop;
  const how = { block, inline: "nearest" };
  cell.scrollIntoView(how);
  if (still) sheet.scrollTop = top;
  if (block === "nearest") return;
  // A place one is led to: with something of what stands to its right.
  const beside = cell.getBoundingClientRect().right + BESIDE - sheet.getBoundingClientRect().right;
  if (beside > 0) sheet.scrollLeft += beside;
  // What was never laid out has a guessed height until it comes into view.
  if (!still) requestAnimationFrame(() => cell.scrollIntoView(how));
}

function stillWidth(column) {
  let width = head().querySelector("th").offsetWidth;
  for (const each of sheet.querySelectorAll(".letters th[data-c]")) {
    if (Number(each.dataset.c) >= column || getComputedStyle(each).position !== "sticky") break;
    width += each.offsetWidth;
  }
  return width;
}

/** The next place that is shown from the selection's moving end; a merged cell is one step. */
function next(row, column, down, right) {
  const from = mergeAt(row, column);
  let [at, beside] = [row + down, column + right];
  if (from && down) at = down > 0 ? from.bottom : from.top - 1;
  if (from && right) beside = right > 0 ? from.right : from.left - 1;
  while (rows[at] && beside >= 0 && beside < Number(sheet.dataset.columns)) {
    if (isShown(at, beside)) return { row: at, column: beside };
    at += down;
    beside += right;
  }
  return { row, column };
}

export function move(down, right, extending = false) {
  const from = extending ? corner : cursor;
  const to = next(from.row, from.column, down, right);
  if (extending) extend(to.row, to.column);
  else select(to.row, to.column);
}

/** To the edge of what is filled, or over what is empty to the next that is. */
export function leap(down, right, extending) {
  let here = { ...(extending ? corner : cursor) };
  const filled = (place) => shownIn(cellAt(place.row, place.column)) !== "";
  let there = next(here.row, here.column, down, right);
  const within = filled(here) && filled(there);
  while (there.row !== here.row || there.column !== here.column) {
    if (within && !filled(there)) break;
    here = there;
    if (!within && filled(here)) break;
    there = next(here.row, here.column, down, right);
  }
  if (extending) extend(here.row, here.column);
  else select(here.row, here.column);
}

export function page(direction, extending) {
  const step = Math.max(1, Math.floor((sheet.clientHeight - head().offsetHeight) / 24) - 1);
  const from = extending ? corner : cursor;
  let row = clamp(from.row + direction * step, rows.length);
  while (rows[row + direction] && rows[row].hidden) row += direction;
  if (extending) extend(row, from.column);
  else select(row, from.column);
}

/** The last row and column with anything in them. */
export function lastUsed() {
  let [row, column] = [0, 0];
  rows.forEach((line, at) => {
    for (const cell of line.cells) {
      if (cell.tagName !== "TD" || !cell.firstChild) continue;
      row = at;
      column = Math.max(column, Number(cell.dataset.c));
    }
  });
  return { row, column };
}

/** Marks what a link points to, until something else is chosen. */
export function mark(box) {
  for (let row = box.top; row < box.bottom; row += 1) {
    for (let column = box.left; column < box.right; column += 1) cellAt(row, column)?.classList.add("marked");
  }
}

function unmark() {
  for (const each of sheet.querySelectorAll(".marked")) each.classList.remove("marked");
}
