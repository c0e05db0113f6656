// What the person does goes to the sandbox, what others do comes from it; both as steps from the version held here.

import { byId, cursor, facts, frozen, index, paint, places, rows, sheet, takeFocus } from "./sheet.js";

const EVERY = 1000;
const TRIES = 6;
let turn = Promise.resolve();

/** One after the other, or steps would be taken from versions that are no longer held. */
const inTurn = (job) => (turn = turn.then(job, job));

export function say(text) {
  const box = byId("message");
  box.querySelector("p").textContent = text;
  box.hidden = false;
}

export const hush = () => {
  byId("message").hidden = true;
};

/** Asks before something is changed that a program keeps; true for a yes. */
export function ask() {
  const dialog = byId("warning");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

const held = () => ({ gid: facts.gid, since: facts.version, rows: rows.length, wanted: facts.wanted });

/**
 * Sends one act; `fields()` is asked anew for each try, because lines may have moved. True when it was done.
 * The place acted on is never a guess: where lines have moved meanwhile, the server says how, and nothing was changed.
 */
export function send(fields, sure = false) {
  return inTurn(async () => {
    hush();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const form = { ...held(), ...fields(), ticket: facts.ticket, sure: sure ? "yes" : "" };
      const answer = await fetched(`${facts.address}/edit`, { method: "POST", body: new URLSearchParams(form) });
      if (!answer) return false;
      const told = await answer.json().catch(() => ({}));
      if (answer.status === 428) {
        sure = await ask();
        if (!sure) return false;
      } else if (answer.status === 409) {
        apply(told, true);
        if (told.grid) {
          say("Columns were changed meanwhile, so nothing was written. Look where you are, and do it again.");
          return false;
        }
      } else if (answer.ok) {
        if (told.version) apply(told, false);
        return true;
      } else {
        say(told.message ?? `The sandbox answered ${answer.status}.`);
        return false;
      }
    }
    say("Others are changing rows too fast; nothing was written.");
    return false;
  });
}

async function fetched(address, options) {
  try {
    return await fetch(address, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(30000) });
  } catch {
    say("The sandbox does not answer. Is it still running?");
    return null;
  }
}

let silent = false;

async function look() {
  const query = new URLSearchParams(held());
  const answer = await fetched(`${facts.address}/changes?${query}`, {});
  if (!answer) {
    silent = true;
    return true;
  }
  if (silent) hush();
  silent = false;
  if (answer.status === 200) apply(await answer.json(), true);
  if (answer.status < 400) return true;
  const told = await answer.json().catch(() => ({}));
  say(told.message ?? `The sandbox answered ${answer.status}.`);
  return answer.status >= 500;
}

export function watch() {
  const again = async () => {
    const goesOn = document.hidden || (await inTurn(look));
    if (goesOn) setTimeout(again, EVERY);
  };
  setTimeout(again, EVERY);
}

/** Takes the steps; `byOthers` lights up what changed. */
function apply(told, byOthers) {
  const hadFocus = sheet.contains(document.activeElement) || document.activeElement === document.body;
  facts.version = told.version;
  sheet.dataset.rows = told.lines;
  sheet.setAttribute("aria-rowcount", told.lines);
  if (byId("tabs").innerHTML !== told.tabs) byId("tabs").innerHTML = told.tabs;
  document.querySelector(".bar h1").textContent = told.title;
  restyle(told.looks);
  if (told.grid) replaceAll(told);
  else for (const [at, gone, lines] of told.splices) splice(at, gone, lines, byOthers);
  index();
  paint();
  if (hadFocus) takeFocus();
}

/** The new sheet first, then the old one goes, or the page would flicker. */
function restyle(address) {
  const old = byId("looks");
  if (old.getAttribute("href") === address) return;
  const link = old.cloneNode();
  link.href = address;
  old.removeAttribute("id");
  link.addEventListener("load", () => old.remove());
  link.addEventListener("error", () => old.remove());
  old.after(link);
}

function replaceAll(told) {
  const { scrollTop, scrollLeft } = sheet;
  const more = sheet.querySelector(".more");
  sheet.innerHTML = told.grid;
  if (more && rows.length < told.lines) sheet.append(more);
  sheet.dataset.frozen = told.frozen;
  sheet.dataset.columns = told.columns;
  sheet.scrollTo(scrollLeft, scrollTop);
}

function splice(at, gone, lines, byOthers) {
  const holder = document.createElement("template");
  holder.innerHTML = `<table><tbody>${lines.join("")}</tbody></table>`;
  const fresh = [...holder.content.querySelectorAll("tr")];
  const old = rows.slice(at, at + gone);
  if (byOthers && old.length === fresh.length && old.length < 200) fresh.forEach((line, n) => light(old[n], line));
  if (gone === 0 && at > frozen()) rows[at - 1].after(...fresh);
  else rows[at].before(...fresh);
  for (const line of old) {
    const chunk = line.closest(".chunk");
    line.remove();
    if (chunk && !chunk.querySelector("tr")) chunk.remove();
  }
  rows.splice(at, gone, ...fresh);
  if (gone !== fresh.length) follow(at, gone, fresh.length);
}

/** Whatever is open or chosen stays with its row. */
function follow(at, gone, come) {
  for (const place of places) {
    if (place.row >= at + gone) place.row += come - gone;
    else if (place.row >= at + come) place.row = at;
  }
}

function light(old, line) {
  for (const cell of line.cells) {
    const before = old.querySelector(`td[data-c="${cell.dataset.c}"]`);
    if (before && before.innerHTML !== cell.innerHTML) cell.classList.add("fresh");
  }
}

export { cursor };
