// A score that follows its sound: engraved pages, piano roll and waveform at one place; a note or a bar that is pressed is gone to.
const instances = new WeakMap();
const settings = new Map(); // survives an unmount: a rerun may build the component anew
const MARGIN = 0.012;
const ACTIVE = ["script", "foreignObject", "a", "image", "style", "animate", "set", "handler"];

// What an engraver wrote, without whatever could act or fetch: references within the drawing are kept.
function engraved(text) {
  const found = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (found.namespaceURI !== SVG_NAMESPACE) throw new Error("a page of the score is no SVG");
  for (const node of [found, ...found.querySelectorAll("*")]) {
    if (ACTIVE.includes(node.localName)) node.remove();
    for (const { name, value } of [...node.attributes]) {
      if (/^on/i.test(name) || (/href$/i.test(name) && !value.startsWith("#"))) node.removeAttribute(name);
    }
  }
  return document.importNode(found, true);
}

function remember(view, change) {
  Object.assign(view.chosen, change);
  settings.set(view.id, view.chosen);
}

function build(root) {
  const view = { root, chosen: {}, url: "", notes: [], bars: [], sounding: new Set(), marks: new Map(), muted: new Set(), solo: new Set() };
  view.player = transport(root, () => follow(view), "the piece");
  buildLoop(view, view.player.bar);
  view.voices = element("ul", "voices", root);
  view.voices.setAttribute("aria-label", "Voices");
  view.status = element("p", "status", root, "Reading the piece.");
  view.status.setAttribute("role", "status");
  view.pages = element("div", "pages", root);
  view.pages.tabIndex = 0;
  view.pages.setAttribute("role", "group");
  view.pages.onclick = (event) => {
    const mark = event.composedPath().find((node) => node.id && view.marks.has(node.id));
    if (mark) goTo(view, view.notes[view.marks.get(mark.id)].start_s);
  };
  view.roll = new Roll(root);
  seekable(view.roll.inner, view.player, "Place in the piece", () => view.player.tell());
  new ResizeObserver(() => crop(view.pages)).observe(view.pages);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.roll.draw());
  return view;
}

function buildLoop(view, bar) {
  const group = element("div", "bars-loop push", bar);
  view.loop = button("loop", group, "");
  view.loop.innerHTML = `${ICONS.loop}<span>Loop bars</span>`;
  view.loop.onclick = () => {
    remember(view, { loop: !view.chosen.loop });
    applyLoop(view);
  };
  [view.first, view.last] = ["First", "Last"].map((words, index) => {
    if (index) element("span", "", group, "to");
    const made = element("select", "", group);
    made.setAttribute("aria-label", `${words} bar of the loop`);
    made.onchange = () => {
      remember(view, { loop: true, [index ? "last" : "first"]: Number(made.value) });
      if (index && view.chosen.last < view.chosen.first) remember(view, { first: view.chosen.last });
      if (!index && view.chosen.last < view.chosen.first) remember(view, { last: view.chosen.first });
      applyLoop(view);
    };
    return made;
  });
  view.zooms = element("div", "segments", bar);
  view.zooms.setAttribute("role", "group");
  view.zooms.setAttribute("aria-label", "Width of the piano roll");
  for (const [factor, words] of ZOOMS) {
    const made = button("", view.zooms, words);
    made.dataset.zoom = factor;
    made.onclick = () => {
      remember(view, { zoom: factor });
      zoom(view);
    };
  }
}

function zoom(view) {
  view.roll.zoom(Number(view.chosen.zoom));
  for (const made of view.zooms.children) made.setAttribute("aria-pressed", String(made.dataset.zoom === view.chosen.zoom));
}

function applyLoop(view) {
  const { loop, first, last } = view.chosen;
  const at = (bar) => view.bars.findIndex((one) => one.bar === bar);
  const [from, to] = [Math.max(0, at(first)), at(last) < 0 ? view.bars.length - 1 : at(last)];
  const range = loop ? [view.bars[from].start_s, view.bars[to + 1]?.start_s ?? view.end] : null;
  view.loop.setAttribute("aria-pressed", String(Boolean(loop)));
  [view.first.value, view.last.value] = [view.bars[from].bar, view.bars[to].bar];
  view.player.deck.repeat(range);
  view.roll.loop(range);
  view.player.tell();
}

function goTo(view, place) {
  view.player.deck?.seek(place);
  view.player.tell();
}

function follow(view) {
  const { deck } = view.player;
  if (!deck || !view.roll.found) return;
  const place = deck.now();
  view.roll.follow(place, deck.running);
  tellPlace(view.roll.inner, deck);
  const shown = deck.running || place > 0;
  const sounding = new Set();
  view.notes.forEach((note, index) => shown && note.start_s <= place + 0.005 && place < note.end_s && sounding.add(index));
  for (const index of view.sounding) if (!sounding.has(index)) mark(view, index, false);
  let fresh = null;
  for (const index of sounding) if (!view.sounding.has(index)) fresh = mark(view, index, true) ?? fresh;
  view.sounding = sounding;
  if (fresh && deck.running) bringIntoSight(view, fresh);
}

function mark(view, index, on) {
  view.roll.rects[index].classList.toggle("now", on);
  const nodes = (view.notes[index].ids ?? []).map((id) => view.places.get(id)).filter(Boolean);
  for (const node of nodes) node.classList.toggle("now", on);
  return nodes[0];
}

function bringIntoSight(view, node) {
  const box = view.pages.getBoundingClientRect();
  const [system, note] = [(node.closest(".system") ?? node).getBoundingClientRect(), node.getBoundingClientRect()];
  if (system.top < box.top - 2 || system.bottom > box.bottom + 2) view.pages.scrollTop += system.top - box.top - 12;
  if (note.left < box.left || note.right > box.right - 24) view.pages.scrollLeft += note.left - box.left - 48;
}

// Muted voices are silent, and beside solo ones all others.
const heardOf = (view) => view.stems.map((stem) => stem.id).filter((id) => !view.muted.has(id) && (!view.solo.size || view.solo.has(id)));

function showMix(view) {
  const heard = heardOf(view);
  for (const made of view.voices.querySelectorAll("button")) {
    made.setAttribute("aria-pressed", String(view[made.dataset.what].has(made.dataset.voice)));
  }
  const silent = (voice) => view.stems.length > 0 && !heard.includes(voice);
  for (const line of view.voices.children) line.classList.toggle("silent", silent(line.dataset.voice));
  for (const [index, rect] of view.roll.rects.entries()) rect.classList.toggle("silent", silent(view.notes[index].voice));
}

// Voices are read when the first one is muted; as long as all are heard, the mix is.
async function part(view, what, voice) {
  const set = view[what];
  if (!set.delete(voice)) set.add(voice);
  showMix(view);
  const { deck } = view.player;
  try {
    view.parts = view.parts ?? Promise.all(view.stems.map(async (stem) => [stem.id, await decoded(stem.url, deck.rate)]));
    const sounds = await view.parts;
    if (deck !== view.player.deck) return; // another piece meanwhile
    if (deck.tracks.size === 1) deck.put(Object.fromEntries(sounds));
    const heard = heardOf(view);
    deck.hear(heard.length === view.stems.length ? ["mix"] : heard);
  } catch (error) {
    fail(view, error);
  }
}

function fail(view, error) {
  view.status.hidden = false;
  view.status.className = "status bad";
  view.status.textContent = `The piece cannot be shown here (${error.message}). The files below are complete; reload the page to try again.`;
}

function showVoices(view, voices) {
  view.voices.replaceChildren();
  for (const { id, name } of voices) {
    const line = element("li", "", view.voices);
    line.dataset.voice = id;
    element("span", `swatch ${id}`, line);
    element("span", "", line, name);
    if (!view.stems.length) continue;
    for (const [what, words] of [["muted", "Mute"], ["solo", "Solo"]]) {
      const made = button("small", line, words[0], `${words} ${name.toLowerCase()}`);
      Object.assign(made.dataset, { what, voice: id });
      made.setAttribute("aria-pressed", "false");
      made.onclick = () => part(view, what, id);
    }
  }
}

// What is drawn on a page, in its own units: an inner `svg` would count with all its paper.
function drawnOf(page) {
  const whole = page.getScreenCTM().inverse();
  const parts = [...page.querySelectorAll(".system, .pgHead, .pgFoot")];
  const boxes = (parts.length ? parts : [page]).map((part) => part.getBoundingClientRect()).filter((box) => box.width && box.height);
  const at = (x, y) => new DOMPoint(x, y).matrixTransform(whole);
  const [from, to] = [
    at(Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))),
    at(Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))),
  ];
  return { left: from.x, top: from.y, right: to.x, bottom: to.y };
}

// All pages at one scale, without the empty paper around them.
function crop(box) {
  const pages = [...box.children];
  if (!pages.length || !box.clientWidth || box.dataset.cropped) return; // what is not shown has no size yet
  box.dataset.cropped = "true";
  for (const page of pages) {
    const { width, height } = page.viewBox.baseVal;
    for (const inner of page.querySelectorAll(":scope > svg")) for (const [name, value] of [["width", width], ["height", height]]) inner.setAttribute(name, value);
  }
  const found = pages.map(drawnOf);
  const [left, right] = [Math.min(...found.map((one) => one.left)), Math.max(...found.map((one) => one.right))];
  const edge = MARGIN * (right - left);
  pages.forEach((page, index) => {
    const { top, bottom } = found[index];
    page.setAttribute("viewBox", `${left - edge} ${top - edge} ${right - left + 2 * edge} ${bottom - top + 2 * edge}`);
    page.removeAttribute("width");
    page.removeAttribute("height");
  });
}

function showPages(view, texts) {
  view.pages.replaceChildren(...texts.map(engraved));
  delete view.pages.dataset.cropped;
  crop(view.pages);
  view.places = new Map([...view.marks.keys()].map((id) => [id, view.pages.querySelector(`[id="${CSS.escape(id)}"]`)]));
  for (const node of view.places.values()) node?.classList.add("heard");
  view.sounding = new Set();
}

async function loadPages(view, data) {
  const mark = JSON.stringify([view.url, data.pages]);
  if (mark === view.pageUrl || !data.pages.length) return;
  view.pageUrl = mark;
  const texts = await Promise.all(data.pages.map((url) => fetched(url).then((answer) => answer.text())));
  if (view.pageUrl !== mark) return; // other pages were asked for meanwhile
  showPages(view, texts);
  view.player.tell();
}

async function loadSound(view, data) {
  const mark = JSON.stringify([data.audio, data.timeline]);
  if (mark === view.url) return;
  view.url = mark;
  view.player.deck?.close();
  const deck = new Deck(data.rate, () => view.player.changed());
  const [timeline, buffer] = await Promise.all([fetched(data.timeline).then((answer) => answer.json()), decoded(data.audio, data.rate)]);
  if (view.url !== mark) return; // another piece was asked for meanwhile
  Object.assign(view, { notes: timeline.notes, bars: timeline.bars, end: timeline.end_s, stems: data.stems, parts: null, sounding: new Set() });
  view.marks = new Map(view.notes.flatMap((note, index) => (note.ids ?? []).map((id) => [id, index])));
  view.places = new Map();
  view.muted.clear();
  view.solo.clear();
  deck.put({ mix: buffer });
  deck.hear(["mix"]);
  view.player.deck = deck;
  view.roll.show(view.notes, view.bars, buffer.duration, peaks(buffer, WAVE_COLUMNS));
  for (const made of [view.first, view.last]) {
    made.replaceChildren();
    for (const { bar } of view.bars) made.add(new Option(bar ? String(bar) : "pickup", String(bar)));
  }
  const numbers = view.bars.map((one) => one.bar);
  view.chosen = { first: numbers[0], last: numbers[Math.min(3, numbers.length - 1)], ...view.chosen };
  showVoices(view, data.voices);
  view.player.play.disabled = false;
  applyLoop(view);
  showMix(view);
  view.player.changed();
}

async function load(view, data) {
  try {
    await loadSound(view, data);
    await loadPages(view, data);
    view.status.hidden = true;
  } catch (error) {
    [view.url, view.pageUrl] = ["", ""];
    fail(view, error);
  }
}

export default function (component) {
  const { data, parentElement } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = build(element("div", "score", parentElement));
    instances.set(parentElement, view);
  }
  view.id = data.id;
  view.chosen = { zoom: "1", loop: false, ...settings.get(data.id), ...view.chosen };
  view.root.dataset.view = data.view;
  view.pages.setAttribute("aria-label", data.label);
  zoom(view);
  view.roll.draw(); // the theme may be another one
  view.unheed?.();
  view.unheed = listenForKeys(view.root, { " ": () => view.player.deck?.toggle(), l: () => view.bars.length && view.loop.click() });
  load(view, data);
  return () => {
    view.unheed();
    view.player.deck?.close();
  };
}
