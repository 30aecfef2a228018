// Notes over time: a piano roll, with the waveform below it and the bars on its axis. Read before `score.js`.
const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const ROLL_PX = 196;
const WAVE_COLUMNS = 3_000;
const ZOOMS = [["1", "Fit"], ["2", "2\u00d7"], ["4", "4\u00d7"]];

const shape = (kind, parent, attributes) => {
  const made = document.createElementNS(SVG_NAMESPACE, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  parent.appendChild(made);
  return made;
};

const OCTAVE = (pitch) => Math.floor(pitch / 12) - 1;

class Roll {
  constructor(parent) {
    this.box = element("div", "roll", parent);
    this.axis = element("div", "pitches", this.box);
    this.scroller = element("div", "scroller", this.box);
    this.inner = element("div", "inner", this.scroller);
    this.svg = shape("svg", this.inner, { preserveAspectRatio: "none", "aria-hidden": "true", class: "notes" });
    this.wave = element("canvas", "wave", element("div", "wave-box", this.inner));
    this.wave.setAttribute("aria-hidden", "true");
    this.range = element("div", "range", this.inner);
    this.cursor = element("div", "cursor", this.inner);
    this.bars = element("div", "bars", this.inner);
    this.rects = [];
    this.zoomed = 1;
    new ResizeObserver(() => this.draw()).observe(this.inner);
  }

  // notes: with voice, pitch, start_s, end_s. bars: {bar, start_s}. duration: seconds of the sound.
  show(notes, bars, duration, found) {
    Object.assign(this, { duration, found, barList: bars });
    this.svg.replaceChildren();
    const pitches = notes.map((note) => note.pitch);
    const [low, high] = [Math.min(...pitches, 60) - 2, Math.max(...pitches, 60) + 2];
    const rows = high - low + 1;
    this.svg.setAttribute("viewBox", `0 0 ${duration} ${rows}`);
    this.axis.replaceChildren();
    for (let pitch = low; pitch <= high; pitch += 1) {
      const black = [1, 3, 6, 8, 10].includes(((pitch % 12) + 12) % 12);
      if (black) shape("rect", this.svg, { class: "black", x: 0, y: high - pitch, width: duration, height: 1 });
      if (pitch % 12) continue;
      shape("line", this.svg, { class: "octave", x1: 0, x2: duration, y1: high - pitch + 1, y2: high - pitch + 1 });
      element("span", "", this.axis, `C${OCTAVE(pitch)}`).style.top = `${(ROLL_PX * (high - pitch + 0.5)) / rows}px`;
    }
    for (const { start_s: x } of bars) shape("line", this.svg, { class: "bar-line", x1: x, x2: x, y1: 0, y2: rows });
    this.rects = notes.map((note) =>
      shape("rect", this.svg, {
        class: `note ${note.voice}`, x: note.start_s, y: high - note.pitch + 0.08, width: Math.max(note.end_s - note.start_s - 0.02, 0.03), height: 0.84,
      }),
    );
    this.draw();
  }

  draw() {
    if (!this.found || !this.inner.clientWidth) return;
    drawWave(this.wave, this.found, this.limit);
    this.bars.replaceChildren();
    let free = -1;
    this.barList.forEach(({ bar, start_s: start }) => {
      const at = (this.inner.clientWidth * start) / this.duration;
      if (at < free || !bar) return; // a pickup has no number
      free = at + 34;
      element("span", "", this.bars, String(bar)).style.left = `${(100 * start) / this.duration}%`;
    });
  }

  get limit() {
    return Math.max(0.05, this.found.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  }

  zoom(factor) {
    this.zoomed = factor;
    this.inner.style.width = `${100 * factor}%`;
    this.scroller.classList.toggle("wide", factor > 1);
  }

  // loop: [start, end] in seconds or null
  loop(range) {
    this.range.hidden = !range;
    if (!range) return;
    this.range.style.left = `${(100 * range[0]) / this.duration}%`;
    this.range.style.width = `${(100 * (range[1] - range[0])) / this.duration}%`;
  }

  follow(place, running) {
    const share = place / Math.max(this.duration, 1e-6);
    this.cursor.style.left = `${100 * share}%`;
    if (!running || this.zoomed === 1) return;
    const { scrollLeft, clientWidth } = this.scroller;
    const at = share * this.inner.clientWidth;
    if (at < scrollLeft || at > scrollLeft + 0.9 * clientWidth) this.scroller.scrollLeft = at - 0.1 * clientWidth;
  }
}
