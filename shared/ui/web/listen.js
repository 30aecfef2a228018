// Playing sounds exactly: tracks in step, one or several of them heard, around a loop. Read before the components that use it.
const RAMP_S = 0.008;
const LEAD_S = 0.03; // what is started a moment ahead starts together
const HEARD = "sextant-listen"; // one sound at a time on a page
let audio = null; // made at the first press: before that browsers refuse it

const SVG = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
const ICONS = {
  play: SVG('<path class="solid" d="M8 5v14l11-7z"/>'),
  pause: SVG('<path class="solid" d="M7 5h4v14H7zM13 5h4v14h-4z"/>'),
  loop: SVG('<path d="M4 12V9a3 3 0 0 1 3-3h12M16 3l3 3-3 3M20 12v3a3 3 0 0 1-3 3H5M8 21l-3-3 3-3"/>'),
};

const element = (kind, name, parent, text = "") => {
  const made = document.createElement(kind);
  made.className = name;
  if (text) made.textContent = text;
  parent.appendChild(made);
  return made;
};

const button = (name, parent, text, label) => {
  const made = element("button", name, parent, text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  if (label) made.title = label;
  return made;
};

async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return answer;
}

async function decoded(url, rate) {
  const data = await (await fetched(url)).arrayBuffer();
  return new OfflineAudioContext(1, 1, rate).decodeAudioData(data); // at this rate, so that samples stay where they are
}

function soundCard(rate) {
  if (audio && audio.sampleRate !== rate) {
    audio.close();
    audio = null;
  }
  audio = audio ?? new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  return audio;
}

class Deck {
  // rate: samples a second of all tracks. changed: called when it starts, stops or ends.
  constructor(rate, changed) {
    this.rate = rate;
    this.changed = changed;
    this.tracks = new Map();
    this.heard = new Set();
    this.loop = null;
    this.at = 0;
    this.running = false;
    this.sources = [];
    this.other = (event) => event.detail !== this && this.pause();
    window.addEventListener(HEARD, this.other);
  }

  get duration() {
    return Math.max(0, ...[...this.tracks.values()].map((track) => track.buffer.duration));
  }

  // sounds: {id: AudioBuffer}
  put(sounds) {
    for (const [id, buffer] of Object.entries(sounds)) this.tracks.set(id, { buffer, gain: null });
    if (this.running) this.seek(this.now());
  }

  hear(ids) {
    this.heard = new Set(ids);
    if (!this.running) return;
    for (const [id, { gain }] of this.tracks) gain?.gain.setTargetAtTime(this.heard.has(id) ? 1 : 0, audio.currentTime, RAMP_S / 3);
  }

  now() {
    if (!this.running) return this.at;
    const passed = Math.max(0, audio.currentTime - (audio.outputLatency || 0) - this.since);
    const place = this.from + passed;
    if (!this.loop || place < this.loop[1]) return Math.min(place, this.duration);
    const [start, end] = this.loop;
    return start + ((place - start) % (end - start));
  }

  async play() {
    if (this.running || !this.tracks.size) return;
    window.dispatchEvent(new CustomEvent(HEARD, { detail: this }));
    await soundCard(this.rate).resume();
    if (this.running) return;
    this.running = true;
    this.begin(this.at >= this.duration - 0.01 ? 0 : this.at);
    this.changed();
  }

  pause() {
    if (!this.running) return;
    this.at = this.now();
    this.running = false;
    this.silence();
    this.changed();
  }

  toggle() {
    return this.running ? this.pause() : this.play();
  }

  seek(place) {
    const at = Math.min(Math.max(0, place), this.duration);
    if (this.running) {
      this.silence();
      this.begin(at);
    } else {
      this.at = at;
    }
  }

  // range: [start, end] in seconds, or null
  repeat(range) {
    const place = this.now();
    this.loop = range;
    this.seek(range && (place < range[0] || place >= range[1]) ? range[0] : place);
  }

  begin(at) {
    const start = audio.currentTime + LEAD_S;
    const inside = !this.loop || at < this.loop[1] ? at : this.loop[0];
    this.from = inside;
    this.since = start;
    this.sources = [];
    for (const [id, track] of this.tracks) {
      const source = new AudioBufferSourceNode(audio, { buffer: track.buffer });
      if (this.loop) [source.loop, source.loopStart, source.loopEnd] = [true, ...this.loop];
      track.gain = new GainNode(audio, { gain: this.heard.has(id) ? 1 : 0 });
      source.connect(track.gain).connect(audio.destination);
      source.start(start, inside);
      this.sources.push(source);
    }
    const longest = this.sources.reduce((one, other) => (other.buffer.duration > one.buffer.duration ? other : one));
    longest.onended = () => this.sources.includes(longest) && this.ended();
  }

  ended() {
    this.running = false;
    this.at = 0;
    this.sources = [];
    this.changed();
  }

  silence() {
    const sources = this.sources;
    this.sources = []; // whatever ends now was stopped, and has not come to its end
    for (const track of this.tracks.values()) track.gain?.gain.setTargetAtTime(0, audio.currentTime, RAMP_S / 3);
    for (const source of sources) source.stop(audio.currentTime + RAMP_S);
  }

  close() {
    this.pause();
    window.removeEventListener(HEARD, this.other);
  }
}

const clock = (seconds) => {
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${Math.floor(10 * (seconds - whole) + 1e-6)}`;
};

// A slider for the place in a sound, over what is drawn of it.
function seekable(area, deck, label, moved) {
  area.tabIndex = 0;
  area.setAttribute("role", "slider");
  area.setAttribute("aria-label", label);
  area.setAttribute("aria-valuemin", "0");
  const go = (place) => {
    deck.seek(place);
    moved();
  };
  const placeAt = (event) => {
    const box = area.getBoundingClientRect();
    return (deck.duration * (event.clientX - box.left)) / box.width;
  };
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    go(placeAt(event));
  });
  area.addEventListener("pointermove", (event) => area.hasPointerCapture(event.pointerId) && go(placeAt(event)));
  area.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 5 : 1;
    const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -10, PageUp: 10 };
    const ends = { Home: 0, End: deck.duration };
    if (!(event.key in moves) && !(event.key in ends)) return;
    event.preventDefault();
    go(event.key in ends ? ends[event.key] : deck.now() + moves[event.key]);
  });
}

function tellPlace(area, deck) {
  const place = deck.now();
  area.setAttribute("aria-valuemax", deck.duration.toFixed(1));
  area.setAttribute("aria-valuenow", place.toFixed(1));
  area.setAttribute("aria-valuetext", `${clock(place)} of ${clock(deck.duration)}`);
}

// Space plays and pauses, other keys as given, unless something else on the page is meant by them. Returns what undoes it.
function listenForKeys(root, keys) {
  const own = "input, textarea, select, [contenteditable=true], [role=combobox], [role=textbox]";
  const pressed = "button, a, summary, [role=button], [role=radio], [role=checkbox], [role=tab], [role=option]";
  const heed = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const [target] = event.composedPath();
    if (!(target instanceof Element) || target.closest(own)) return;
    if (event.key === " " && (target.closest(pressed) || (target.closest("[role=slider]") && !event.composedPath().includes(root)))) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    if (!event.repeat) act();
  };
  document.addEventListener("keydown", heed);
  return () => document.removeEventListener("keydown", heed);
}

// Play button and time. frame: called for each picture while it plays, and after every change.
function transport(parent, frame, what) {
  const bar = element("div", "transport", parent);
  const play = button("play", bar, "", `Play ${what}`);
  const time = element("span", "time", bar);
  const hint = element("span", "hint", bar, "plays");
  hint.prepend(element("kbd", "", hint, "space"), " ");
  play.disabled = true;
  play.innerHTML = ICONS.play;
  const view = {
    bar, play, time, deck: null, drawing: 0,
    now: () => view.deck?.now() ?? 0,
    seek: (to) => view.deck?.seek(to),
    get duration() { return view.deck?.duration ?? 0; },
  };
  view.tell = () => {
    const { deck } = view;
    if (!deck) return;
    time.textContent = `${clock(deck.now())} / ${clock(deck.duration)}`;
    frame();
  };
  const follow = () => {
    view.tell();
    view.drawing = view.deck?.running ? requestAnimationFrame(follow) : 0;
  };
  view.changed = () => {
    const running = Boolean(view.deck?.running);
    play.innerHTML = running ? ICONS.pause : ICONS.play;
    play.setAttribute("aria-label", `${running ? "Pause" : "Play"} ${what}`);
    play.title = `${running ? "Pause" : "Play"} (space)`;
    cancelAnimationFrame(view.drawing);
    follow();
  };
  play.onclick = () => view.deck?.toggle();
  return view;
}
