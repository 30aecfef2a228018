// A picture in one or two views, or a recording's spectrogram, with numbered places on it. Read after listen.js.
const instances = new WeakMap();
const settings = new Map(); // survives an unmount: a rerun may build the component anew
const PAIR = "pair";
const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const MOST_TICKS = 8;

function remember(view, change) {
  Object.assign(view.chosen, change);
  settings.set(view.data.id, view.chosen);
  show(view);
}

function pick(view, tag) {
  const on = view.chosen.mark !== tag;
  const mark = view.data.marks.find((one) => one.tag === tag);
  if (on && mark?.start_s != null) view.player?.seek(mark.start_s);
  remember(view, { mark: on ? tag : "", marks: true });
  view.player?.tell();
}

function top(view) {
  const { data } = view;
  const bar = element("div", "top", view.root);
  view.views = null;
  if (data.views.length > 1) {
    view.views = element("div", "segments", bar);
    view.views.setAttribute("role", "group");
    view.views.setAttribute("aria-label", "What is shown");
    for (const { id, name, key } of [...data.views, { id: PAIR, name: "Side by side", key: "S" }]) {
      const made = button("", view.views, name);
      made.dataset.id = id;
      if (key) {
        made.setAttribute("aria-keyshortcuts", key);
        element("kbd", "", made, key).setAttribute("aria-hidden", "true");
      }
      made.onclick = () => remember(view, { view: id });
    }
  }
  view.toggle = null;
  if (data.marks.length) {
    view.toggle = button("push", bar, data.heard ? "Mark spans" : "Mark regions");
    view.toggle.onclick = () => remember(view, { marks: !view.chosen.marks, mark: "" });
  }
}

function frames(view, parent) {
  const { data } = view;
  view.stage = element("div", data.heard ? "stage heard" : "stage", parent);
  view.stage.style.setProperty("--ratio", String(data.width / data.height));
  view.frames = data.views.map((one) => {
    const frame = element("div", "frame", view.stage);
    frame.dataset.id = one.id;
    const picture = element("img", "", frame);
    picture.src = one.url;
    picture.alt = one.alt;
    picture.draggable = false;
    if (data.views.length > 1) element("span", "caption", frame, one.name);
    for (const { tag, name, where, box } of data.marks) {
      const mark = element("div", "mark", frame);
      mark.dataset.tag = tag;
      mark.title = `${name}: ${where}`;
      mark.setAttribute("aria-hidden", "true"); // the list below says the same
      [mark.style.left, mark.style.top, mark.style.width, mark.style.height] = box.map((share) => `${100 * share}%`);
      element("i", "", mark, tag);
      mark.onpointerdown = (event) => event.stopPropagation(); // else the place under it is gone to
      mark.onclick = () => pick(view, tag);
    }
    return frame;
  });
}

function times(view, parent) {
  const { seconds } = view.data.heard;
  const step = STEPS_S.find((one) => seconds / one <= MOST_TICKS) ?? 900;
  for (let at = 0; at <= seconds + 1e-6; at += step) {
    const share = at / seconds;
    const words = step < 1 ? at.toFixed(1) : step < 60 && seconds < 120 ? String(Math.round(at)) : clock(at).slice(0, -2);
    element("span", share > 0.97 ? "last" : "", parent, at ? words : `${words} s`).style.left = `${100 * share}%`;
  }
}

function sounding(view) {
  const { heard, label } = view.data;
  const plot = element("div", "sounding", view.root);
  const axis = element("div", "axis", plot);
  heard.axis.forEach(([share, words]) => {
    const tick = element("span", share > 0.97 ? "first" : "", axis, words);
    tick.style.bottom = `${100 * share}%`;
  });
  view.area = element("div", "area", plot);
  frames(view, view.area);
  times(view, element("div", "times", plot));
  if (!heard.url) {
    element("p", "missing", view.root, heard.why || "It cannot be heard here.");
    return;
  }
  view.cursor = element("div", "cursor", view.area);
  view.player = transport(view.root, () => place(view), "the recording");
  seekable(view.area, view.player, label, () => view.player.tell());
  load(view, heard);
}

function place(view) {
  const { deck } = view.player;
  if (!deck) return;
  view.cursor.style.left = `${Math.min(100, (100 * deck.now()) / Math.max(view.data.heard.seconds, 1e-6))}%`;
  tellPlace(view.area, deck);
}

async function load(view, heard) {
  const deck = new Deck(heard.rate_hz, () => view.player.changed());
  view.deck = deck;
  try {
    deck.put({ it: await decoded(heard.url, heard.rate_hz) });
  } catch (error) {
    if (view.deck === deck) element("p", "missing", view.root, `It cannot be heard here (${error.message}); reload the page to try again.`);
    return;
  }
  if (view.deck !== deck) return; // another one was asked for meanwhile
  deck.hear(["it"]);
  view.player.deck = deck;
  view.player.play.disabled = false;
  view.player.changed();
}

function list(view) {
  view.list = null;
  if (!view.data.marks.length) return;
  view.list = element("ul", "list", view.root);
  view.list.setAttribute("aria-label", view.data.heard ? "Marked spans" : "Marked regions");
  for (const { tag, name, where } of view.data.marks) {
    const made = button("", element("li", "", view.list), "");
    made.dataset.tag = tag;
    element("b", "", made, tag);
    element("span", "", made, name);
    element("small", "", made, where);
    made.onclick = () => pick(view, tag);
  }
}

function scales(view) {
  const all = element("div", "scales", view.root);
  view.scales = view.data.scales.map((one) => {
    const scale = element("div", "scale", all);
    scale.dataset.view = one.view;
    element("div", "bar", scale).style.background = `linear-gradient(to right, ${one.colours.join(", ")})`;
    const ends = element("div", "ends", scale);
    element("span", "", ends, one.low);
    element("span", "what", ends, one.name);
    element("span", "", ends, one.high);
    return scale;
  });
}

function show(view) {
  const { data, chosen } = view;
  const seen = (id) => chosen.view === id || chosen.view === PAIR;
  view.stage.classList.toggle("pair", chosen.view === PAIR);
  for (const frame of view.frames) frame.hidden = !seen(frame.dataset.id);
  for (const made of view.views?.children ?? []) made.setAttribute("aria-pressed", String(made.dataset.id === chosen.view));
  view.toggle?.setAttribute("aria-pressed", String(chosen.marks));
  for (const mark of view.stage.querySelectorAll(".mark")) {
    mark.hidden = !chosen.marks;
    mark.classList.toggle("dim", Boolean(chosen.mark) && chosen.mark !== mark.dataset.tag);
  }
  for (const made of view.list?.querySelectorAll("button") ?? []) made.setAttribute("aria-pressed", String(made.dataset.tag === chosen.mark));
  for (const scale of view.scales) scale.hidden = Boolean(scale.dataset.view) && !seen(scale.dataset.view);
}

function build(view) {
  view.deck?.close();
  view.root.replaceChildren();
  [view.player, view.deck, view.cursor] = [null, null, null];
  top(view);
  if (view.data.heard) sounding(view);
  else frames(view, view.root);
  list(view);
  scales(view);
}

function keys(view) {
  const known = {};
  if (view.data.heard) known[" "] = () => view.player?.deck?.toggle();
  else if (view.data.views.length > 1) {
    for (const { id, key } of [...view.data.views, { id: PAIR, key: "S" }]) if (key) known[key.toLowerCase()] = () => remember(view, { view: id });
  }
  return known;
}

export default function (component) {
  const { data, parentElement } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = { root: element("div", "marked", parentElement), text: "" };
    view.root.setAttribute("role", "group");
    instances.set(parentElement, view);
  }
  const text = JSON.stringify(data);
  if (text !== view.text) {
    view.text = text;
    view.data = data;
    view.root.setAttribute("aria-label", data.label);
    view.chosen = { view: data.views[0].id, marks: true, mark: "", ...settings.get(data.id) };
    if (view.chosen.view !== PAIR && !data.views.some((one) => one.id === view.chosen.view)) view.chosen.view = data.views[0].id;
    if (view.chosen.view === PAIR && data.views.length < 2) view.chosen.view = data.views[0].id;
    if (!data.marks.some((one) => one.tag === view.chosen.mark)) view.chosen.mark = "";
    build(view);
  }
  view.unheed?.();
  view.unheed = listenForKeys(view.root, keys(view));
  show(view);
  return () => {
    view.unheed();
    view.deck?.close();
  };
}
