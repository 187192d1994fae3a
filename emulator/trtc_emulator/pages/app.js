// Keeps the list as it is on the emulator: asks once a second, and less often while nobody looks.
import { Card, STATES, setText } from "./card.js";

const POLL_MS = 1000;
const HIDDEN_POLL_MS = 10000;
const ANSWER_MS = 10000;

const PICTURES = {
  display: "Pages are drawn on a Wayland display of each recording's own.",
  screencast: "Pages are recorded from the browser's screencast: this browser draws on no display, or --picture says so.",
};

const byId = (id) => document.getElementById(id);
const cards = new Map();
let loaded = false;

function show(answer) {
  const news = [];
  const seen = new Set();
  let place = null;
  for (const recording of answer.recordings) {
    seen.add(recording.id);
    let card = cards.get(recording.id);
    if (card === undefined) {
      card = new Card(byId("card").content);
      cards.set(recording.id, card);
    }
    if (card.state !== recording.state) news.push(`${recording.page}: ${STATES[recording.state]}`);
    card.update(recording, answer.now_ms);
    // An element that is in its place is not touched: moving it would stop its video and take its focus.
    const expected = place === null ? byId("list").firstElementChild : place.nextElementSibling;
    if (card.element !== expected) byId("list").insertBefore(card.element, expected);
    place = card.element;
  }
  for (const [id, card] of cards) {
    if (!seen.has(id)) {
      card.element.remove();
      cards.delete(id);
    }
  }
  summarize(answer);
  if (loaded && news.length) setText(byId("news"), news.slice(0, 3).join(". "));
  loaded = true;
}

function summarize({ recordings, total, picture }) {
  const running = recordings.filter(({ state }) => state !== "ended").length;
  setText(byId("summary"), `${running} running, ${total - running} ended`);
  byId("picture").hidden = picture === null;
  setText(byId("picture"), PICTURES[picture] ?? "");
  byId("empty").hidden = total > 0;
  byId("more").hidden = total <= recordings.length;
  setText(byId("more"), `${total - recordings.length} older ones are not shown.`);
}

async function poll() {
  try {
    const response = await fetch("/_emulator/recordings", { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
    byId("trouble").hidden = true;
  } catch {
    setText(byId("trouble"), "The emulator does not answer. What is shown may be out of date.");
    byId("trouble").hidden = false;
  }
  timer = setTimeout(poll, document.hidden ? HIDDEN_POLL_MS : POLL_MS);
}

let timer = setTimeout(poll, 0);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(poll, 0);
});
