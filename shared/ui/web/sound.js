// One recording in several states (before, after, what was removed) at the same place: heard and seen in turn, without a gap.
const instances = new WeakMap();
const settings = new Map(); // survives an unmount: a rerun may build the component anew
const COLUMNS = 1_000;
const ROWS = 288;

function remember(view, change) {
  Object.assign(view.chosen, change);
  settings.set(view.id, view.chosen);
}

function build(root) {
  const view = { root, chosen: {}, shown: new Map(), url: "" };
  const top = element("div", "top", root);
  view.tracks = element("div", "segments", top);
  view.tracks.setAttribute("role", "group");
  view.tracks.setAttribute("aria-label", "What is heard and shown");
  view.axes = element("div", "segments push", top);
  view.axes.setAttribute("role", "group");
  view.axes.setAttribute("aria-label", "Frequency axis");
  for (const [axis, words] of [["linear", "Linear"], ["log", "Logarithmic"]]) {
    const made = button("", view.axes, words);
    made.dataset.axis = axis;
    made.onclick = () => {
      remember(view, { axis });
      draw(view);
    };
  }
  view.plot = element("div", "plot", root);
  view.waveAxis = element("div", "axis wave-axis", view.plot);
  view.specAxis = element("div", "axis spec-axis", view.plot);
  view.area = element("div", "area", view.plot);
  view.wave = element("canvas", "wave", element("div", "wave-box", view.area));
  view.picture = element("canvas", "spec", element("div", "spec-box", view.area));
  for (const canvas of [view.wave, view.picture]) canvas.setAttribute("aria-hidden", "true");
  view.name = element("span", "name", view.area);
  view.cursor = element("div", "cursor", view.area);
  view.times = element("div", "times", view.plot);
  view.status = element("p", "status over", view.area, "Reading the sound.");
  view.status.setAttribute("role", "status");
  view.player = transport(root, () => place(view), "the sound");
  seekable(view.area, view.player, "Place in the sound", () => view.player.tell());
  const legend = element("div", "legend", view.player.bar);
  element("div", "bar", legend).style.background = `linear-gradient(to right, ${SEA.join(", ")})`;
  view.ends = element("div", "ends", legend);
  new ResizeObserver(() => view.shown.size && draw(view)).observe(view.area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.shown.size && draw(view));
  return view;
}

function place(view) {
  const { deck } = view.player;
  if (!deck) return;
  view.cursor.style.left = `${(100 * deck.now()) / Math.max(deck.duration, 1e-6)}%`;
  tellPlace(view.area, deck);
}

function choose(view, track) {
  remember(view, { track });
  view.player.deck?.hear([track]);
  draw(view);
}

function drawAxes(view) {
  const log = view.chosen.axis === "log";
  const highest = view.rate / 2;
  view.specAxis.replaceChildren();
  for (const [share, words] of frequencyTicks(highest, log)) element("span", "", view.specAxis, words).style.bottom = `${100 * share}%`;
  element("span", "unit", view.specAxis, "kHz");
  view.waveAxis.replaceChildren();
  for (const [share, words] of [[0.5, "0"]]) element("span", "", view.waveAxis, words).style.bottom = `${100 * share}%`;
  element("span", "unit", view.waveAxis, `±${Number(view.limit.toPrecision(2))}`).title = "Part of full scale";
  view.times.replaceChildren();
  for (const [share, words] of timeTicks(view.player.deck.duration)) {
    const tick = element("span", share > 0.94 ? "last" : "", view.times, words);
    tick.style.left = `${100 * share}%`;
  }
  view.ends.replaceChildren();
  element("span", "", view.ends, `\u2212${RANGE_DB - view.top} dB`);
  element("span", "what", view.ends, "of full scale");
  element("span", "", view.ends, `${view.top < 0 ? "\u2212" : ""}${Math.abs(view.top)} dB`);
}

function draw(view) {
  for (const made of view.axes.children) made.setAttribute("aria-pressed", String(made.dataset.axis === view.chosen.axis));
  for (const made of view.tracks.children) made.setAttribute("aria-pressed", String(made.dataset.id === view.chosen.track));
  const shown = view.shown.get(view.chosen.track);
  if (!shown || !view.area.clientWidth) return;
  const log = view.chosen.axis === "log";
  const key = `${view.chosen.track} ${log}`;
  if (!view.pictures.has(key)) view.pictures.set(key, painted(shown.spectrogram, ROWS, view.top, log));
  drawWave(view.wave, shown.peaks, view.limit);
  drawPicture(view.picture, view.pictures.get(key));
  view.name.textContent = shown.name;
  drawAxes(view);
}

async function load(view, data) {
  const mark = JSON.stringify([data.rate, data.tracks.map((track) => track.url)]);
  if (mark === view.url) return;
  view.url = mark;
  view.player.deck?.close();
  const deck = new Deck(data.rate, () => view.player.changed());
  view.rate = data.rate;
  view.status.hidden = false;
  view.status.className = "status over";
  view.status.textContent = "Reading the sound.";
  try {
    const found = new Map();
    for (const track of data.tracks) {
      const buffer = await decoded(track.url, data.rate);
      deck.put({ [track.id]: buffer });
      found.set(track.id, { name: track.name, peaks: peaks(buffer, 2 * COLUMNS), spectrogram: await spectrogram(buffer, COLUMNS) });
    }
    if (view.url !== mark) return; // another sound was asked for meanwhile
    view.player.deck = deck;
    view.shown = found;
  } catch (error) {
    if (view.url !== mark) return;
    view.status.className = "status over bad";
    view.status.textContent = `The sound cannot be shown here (${error.message}). The files below are complete; reload the page to try again.`;
    return;
  }
  view.pictures = new Map();
  view.top = loudest([...view.shown.values()].map((one) => one.spectrogram));
  view.limit = Math.max(0.05, ...[...view.shown.values()].map((one) => one.peaks.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)));
  view.status.hidden = true;
  view.player.play.disabled = false;
  deck.hear([view.chosen.track]);
  draw(view);
  view.player.changed();
}

export default function (component) {
  const { data, parentElement } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = build(element("div", "sound", parentElement));
    instances.set(parentElement, view);
  }
  view.id = data.id;
  view.chosen = { axis: data.axis, track: data.tracks[0].id, ...settings.get(data.id), ...view.chosen };
  if (!data.tracks.some((track) => track.id === view.chosen.track)) view.chosen.track = data.tracks[0].id;
  const names = JSON.stringify(data.tracks.map(({ id, name, key }) => [id, name, key]));
  if (view.names !== names) {
    view.names = names;
    view.tracks.replaceChildren();
    for (const track of data.tracks) {
      const made = button("", view.tracks, track.name);
      made.dataset.id = track.id;
      made.setAttribute("aria-keyshortcuts", track.key);
      element("kbd", "", made, track.key).setAttribute("aria-hidden", "true");
      made.onclick = () => choose(view, track.id);
    }
  }
  const keys = { " ": () => view.player.deck?.toggle() };
  for (const track of data.tracks) keys[track.key.toLowerCase()] = () => choose(view, track.id);
  view.unheed?.();
  view.unheed = listenForKeys(view.root, keys);
  draw(view);
  load(view, data);
  return () => {
    view.unheed();
    view.player.deck?.close();
  };
}
