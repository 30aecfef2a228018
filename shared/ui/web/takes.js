// Variations of a sound as cards: seen as waveform and spectrogram on one scale, heard one at a time, one of them open.
const instances = new WeakMap();
const looped = new Map(); // survives an unmount: a rerun may build the component anew
const COLUMNS = 280;
const ROWS = 96;
const KEPT = 2; // sounds in memory: the others are read again when they are played

function build(root) {
  const view = { root, cards: [], url: "", playing: null, kept: new Map() };
  const top = element("div", "top", root);
  view.legend = element("div", "legend", top);
  element("div", "bar", view.legend).style.background = `linear-gradient(to right, ${SEA.join(", ")})`;
  view.ends = element("div", "ends", view.legend);
  view.axis = element("span", "what", top);
  view.loop = button("loop push", top, "", "Loop without a seam");
  view.loop.innerHTML = `${ICONS.loop}<span>Loop</span>`;
  view.loop.onclick = () => {
    looped.set(view.id, !looped.get(view.id));
    tellLoop(view);
  };
  view.status = element("p", "status over", root, "Reading the sounds.");
  view.status.setAttribute("role", "status");
  view.list = element("ul", "", root);
  new ResizeObserver(() => view.cards.forEach((card) => drawCard(view, card))).observe(view.list);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.cards.forEach((card) => drawCard(view, card)));
  return view;
}

function tellLoop(view) {
  const on = Boolean(looped.get(view.id));
  view.loop.setAttribute("aria-pressed", String(on));
  for (const card of view.cards) if (card.deck) card.deck.repeat(loopOf(view, card));
}

const loopOf = (view, { data, deck }) => (looped.get(view.id) && data.loop ? [data.loop[0] / deck.rate, (data.loop[1] + 1) / deck.rate] : null);

function buildCard(view, data) {
  const item = element("li", "", view.list);
  const card = { item, data, deck: null, found: null, drawing: 0 };
  const open = button("open", item, "");
  open.dataset.id = data.id;
  open.onclick = () => view.send({ kind: "open", id: data.id });
  const head = element("span", "head", open);
  element("span", "title", head, data.title);
  element("span", "", head, data.figure);
  card.pictures = element("span", "pictures", open);
  card.wave = element("canvas", "wave", card.pictures);
  card.spec = element("canvas", "spec", card.pictures);
  for (const canvas of [card.wave, card.spec]) canvas.setAttribute("aria-hidden", "true");
  card.seam = element("span", "seam", card.pictures);
  card.cursor = element("span", "cursor", card.pictures);
  card.cursor.hidden = true;
  const lines = element("span", "lines", open);
  for (const [name, value] of data.lines) {
    const line = element("span", "line", lines);
    element("span", "", line, name).title = name;
    element("span", "", line, value);
  }
  card.play = button("play", item, "", `Play ${data.title}`);
  card.play.innerHTML = ICONS.play;
  card.play.onclick = () => toggle(view, card);
  return card;
}

function tell(view, card) {
  const { deck } = card;
  const running = Boolean(deck?.running);
  card.play.innerHTML = running ? ICONS.pause : ICONS.play;
  card.play.setAttribute("aria-label", `${running ? "Pause" : "Play"} ${card.data.title}`);
  cancelAnimationFrame(card.drawing);
  const follow = () => {
    const place = deck.now();
    card.cursor.hidden = !deck.running && place === 0;
    card.cursor.style.left = `${(100 * place) / Math.max(deck.duration, 1e-6)}%`;
    if (deck.running) card.drawing = requestAnimationFrame(follow);
  };
  if (deck) follow();
}

function keep(view, card, buffer) {
  card.deck = new Deck(view.rate, () => tell(view, card));
  card.deck.put({ sound: buffer });
  card.deck.hear(["sound"]);
  card.deck.repeat(loopOf(view, card));
  view.kept.delete(card);
  view.kept.set(card, true);
  for (const [old] of view.kept) {
    if (view.kept.size <= KEPT) break;
    old.deck.close();
    old.deck = null;
    old.cursor.hidden = true;
    view.kept.delete(old);
  }
}

async function toggle(view, card) {
  view.playing = card;
  try {
    if (!card.deck) keep(view, card, await decoded(card.data.url, view.rate));
    await card.deck.toggle();
  } catch (error) {
    fail(view, error);
  }
}

function fail(view, error) {
  view.status.hidden = false;
  view.status.className = "status bad";
  view.status.textContent = `The sound cannot be played here (${error.message}). The files below are complete; reload the page to try again.`;
}

function drawCard(view, card) {
  if (!card.found || !card.wave.clientWidth) return;
  drawWave(card.wave, card.found.peaks, view.limit);
  drawPicture(card.spec, card.found.picture);
}

function drawScale(view) {
  view.ends.replaceChildren();
  element("span", "", view.ends, `\u2212${RANGE_DB - view.top} dB`);
  element("span", "what", view.ends, "of full scale");
  element("span", "", view.ends, `${view.top < 0 ? "\u2212" : ""}${Math.abs(view.top)} dB`);
  view.axis.textContent = `${LOWEST_HZ} Hz to ${view.rate / 2_000} kHz, logarithmic`;
}

async function load(view, data) {
  const mark = JSON.stringify(data.takes);
  if (mark === view.url) return;
  view.url = mark;
  view.rate = data.rate;
  for (const card of view.cards) card.deck?.close();
  view.kept.clear();
  view.list.replaceChildren();
  view.cards = data.takes.map((take) => buildCard(view, take));
  view.playing = view.cards[0] ?? null;
  view.loop.hidden = !data.takes.some((take) => take.loop);
  if (!view.loop.hidden && !looped.has(data.id)) looped.set(data.id, true);
  view.status.className = "status over";
  view.status.textContent = "Reading the sounds.";
  view.status.hidden = false;
  try {
    const found = [];
    for (const card of view.cards) {
      const buffer = await decoded(card.data.url, data.rate);
      if (view.url !== mark) return; // other sounds were asked for meanwhile
      found.push({ peaks: peaks(buffer, 2 * COLUMNS), spectrogram: await spectrogram(buffer, COLUMNS), duration: buffer.duration });
    }
    if (view.url !== mark) return;
    view.top = loudest(found.map((one) => one.spectrogram));
    view.limit = Math.max(0.05, ...found.map((one) => one.peaks.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)));
    view.cards.forEach((card, index) => {
      card.found = { peaks: found[index].peaks, picture: painted(found[index].spectrogram, ROWS, view.top, true) };
      drawCard(view, card);
    });
    drawScale(view);
    view.status.hidden = true;
  } catch (error) {
    if (view.url === mark) fail(view, error);
  }
  tellLoop(view);
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = build(element("div", "takes", parentElement));
    instances.set(parentElement, view);
  }
  view.id = data.id;
  view.send = (event) => setTriggerValue("event", event);
  view.list.setAttribute("aria-label", data.label);
  view.unheed?.();
  view.unheed = listenForKeys(view.root, { " ": () => view.playing && toggle(view, view.playing) });
  load(view, data);
  for (const card of view.cards) {
    drawCard(view, card); // the theme may be another one
    const open = card.item.querySelector(".open");
    open.setAttribute("aria-pressed", String(card.data.id === data.current));
    if (card.data.id === data.current && !card.deck?.running && !view.playing?.deck?.running) view.playing = card;
  }
  return () => {
    view.unheed();
    for (const card of view.cards) card.deck?.close();
  };
}
