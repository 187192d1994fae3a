// One recording in the list. Only what has changed is written: a video goes on playing, and focus stays.

export const STATES = {
  accepted: "starting",
  loading: "loading the page",
  recording: "recording",
  finishing: "finishing its files",
  ended: "ended",
};

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export class Card {
  constructor(template) {
    this.element = template.cloneNode(true).firstElementChild;
    this.state = null;
    this.files = "";
    this.trouble = null;
    this.image = this.element.querySelector("img");
    this.video = this.element.querySelector("video");
    this.video.addEventListener("error", () => this.cannotPlay());
    // A file is asked for once its card is looked at.
    new IntersectionObserver(([entry], observer) => {
      if (!entry.isIntersecting || this.source === undefined) return;
      if (!this.video.src) this.video.src = this.source;
      observer.disconnect();
    }, { rootMargin: "200px" }).observe(this.video);
  }

  update(recording, nowMs) {
    this.text("h2", recording.page);
    this.text(".state", STATES[recording.state]);
    if (this.state !== recording.state) this.element.dataset.state = recording.state;
    this.state = recording.state;
    this.line(".latest", this.trouble ?? recording.end ?? recording.events[0]?.text);
    const ended = recording.ended_ms ?? nowMs;
    const length = recording.began_ms === null ? "not begun" : duration(ended - recording.began_ms);
    this.fact("length", recording.state === "ended" ? length : `${length} of at most ${duration(recording.limit_s * 1000)}`);
    this.fact("size", recording.size ? size(recording.size) : "no file");
    const formats = recording.formats.map((name) => name.toUpperCase()).join(" and ");
    this.fact("video", `${recording.width} × ${recording.height}, ${formats}`);
    this.showLevel(recording.level);
    this.fact("record", recording.record_id ?? "", "record");
    this.fact("relays", recording.relays.map(({ host, state }) => `${host}: ${state}`).join(", "), "relays");
    this.fact("app", String(recording.sdk_app_id));
    this.fact("task", recording.task_id);
    this.fact("storage", recording.storage);
    this.showEvents(recording.events);
    this.showFiles(recording);
    this.showMedia(recording);
  }

  text(selector, text) {
    setText(this.element.querySelector(selector), text);
  }

  line(selector, text) {
    this.text(selector, text ?? "");
    this.element.querySelector(selector).hidden = !text;
  }

  fact(name, text, row) {
    this.text(`[data-fact="${name}"]`, text);
    if (row) this.element.querySelector(`[data-row="${row}"]`).hidden = !text;
  }

  showLevel(level) {
    const meter = this.element.querySelector("meter");
    this.fact("level", level === null ? "" : levelText(level, meter.min), "level");
    if (level !== null) meter.value = level;
  }

  showEvents(events) {
    const lines = events.map(({ at_ms, text }) => [new Date(at_ms), text]);
    const list = this.element.querySelector(".events");
    const key = JSON.stringify(lines);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...lines.map(([at, text]) => {
      const time = document.createElement("time");
      time.dateTime = at.toISOString();
      time.textContent = clock.format(at);
      const item = document.createElement("li");
      item.append(time, text);
      return item;
    }));
  }

  showFiles({ state, mp4, playlist, segments }) {
    const key = JSON.stringify([mp4, playlist, segments, state]);
    if (this.files === key) return;
    this.files = key;
    const items = mp4.map((file, index) => this.fileItem(file, mp4.length > 1 ? `Part ${index + 1}` : "MP4"));
    if (playlist) items.push(linkItem(playlist, `HLS playlist, ${segments} segments`));
    this.element.querySelector(".files").replaceChildren(...items);
    if (mp4.length && this.source === undefined) this.source = mp4[0].url;
  }

  fileItem(file, label) {
    const item = linkItem(file.url, `${label}, ${size(file.size)}`);
    if (label === "MP4") return item;
    const play = document.createElement("button");
    play.type = "button";
    play.textContent = "Play";
    play.setAttribute("aria-label", `Play ${label}`);
    play.addEventListener("click", () => {
      this.video.src = file.url;
      this.video.play().catch(() => {});
    });
    item.append(play);
    return item;
  }

  showMedia({ page, state, thumbnail, mp4, playlist }) {
    const placeholder = this.element.querySelector(".placeholder");
    const showImage = thumbnail !== null;
    const showVideo = !showImage && state === "ended" && mp4.length > 0;
    if (showImage && this.image.getAttribute("src") !== thumbnail) this.image.src = thumbnail;
    this.image.alt = `${page} as it is recorded now`;
    this.image.hidden = !showImage;
    this.video.setAttribute("aria-label", `Recording of ${page}`);
    this.video.hidden = !showVideo;
    placeholder.hidden = showImage || showVideo;
    setText(placeholder, placeholderText(state, playlist));
  }

  cannotPlay() {
    this.trouble = "This browser cannot play the file: open it in another player.";
    this.line(".latest", this.trouble);
  }
}

function levelText(level, least) {
  return level > least ? `${Math.round(level)} dB` : "silent";
}

function placeholderText(state, playlist) {
  if (state !== "ended") return "No picture yet";
  return playlist ? "HLS: open the playlist in another player" : "Nothing was recorded";
}

function linkItem(url, text) {
  const link = document.createElement("a");
  link.href = url;
  link.textContent = text;
  const item = document.createElement("li");
  item.append(link);
  return item;
}
