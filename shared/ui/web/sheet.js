// A drawing in millimetres: zoomed at the pointer, moved, with a rule that says how long a centimetre is. Its colours follow the page.
const sheets = new WeakMap();
const places = new Map(); // survives an unmount
const NAMESPACE = "http://www.w3.org/2000/svg";
const FORBIDDEN = ["script", "foreignObject", "a", "image", "animate", "set"];
const MOST = 40;

function read(text, dark) {
  const coloured = text.replace(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b/gi, (colour) => (dark[colour.toLowerCase()] ? `light-dark(${colour},${dark[colour.toLowerCase()]})` : colour));
  const found = new DOMParser().parseFromString(coloured, "image/svg+xml").documentElement;
  if (found.namespaceURI !== NAMESPACE) throw new Error("it is no drawing");
  for (const node of [found, ...found.querySelectorAll("*")]) {
    if (FORBIDDEN.includes(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) if (/^on|href$/i.test(name)) node.removeAttribute(name);
  }
  return document.importNode(found, true);
}

function buildSheet(parent) {
  const root = element("div", "sheet", parent);
  const view = { root, url: "", fingers: new Map() };
  const top = element("div", "tools", root);
  view.words = element("p", "words", top);
  const zoom = element("div", "segments", top);
  zoom.setAttribute("role", "group");
  zoom.setAttribute("aria-label", "Zoom");
  button(zoom, "\u2212", () => zoomAt(view, 1 / 1.4), "Zoom out");
  button(zoom, "Whole sheet", () => whole(view));
  button(zoom, "+", () => zoomAt(view, 1.4), "Zoom in");
  view.area = element("div", "area", root);
  view.pane = element("div", "pane", view.area);
  view.pane.tabIndex = 0;
  view.pane.setAttribute("role", "application");
  view.pane.setAttribute("aria-roledescription", "zoomable drawing");
  view.rule = element("div", "rule", view.area);
  view.rule.setAttribute("aria-hidden", "true");
  view.status = element("p", "status", view.area, "Reading the drawing.");
  view.status.setAttribute("role", "status");
  view.pane.addEventListener("keydown", (event) => pressSheet(view, event));
  view.pane.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && view.root.getRootNode().activeElement !== view.pane) return;
    event.preventDefault();
    zoomAt(view, Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 260), event);
  }, { passive: false });
  view.pane.addEventListener("pointerdown", (event) => {
    view.fingers.set(event.pointerId, event);
    view.pane.setPointerCapture(event.pointerId);
  });
  view.pane.addEventListener("pointermove", (event) => drag(view, event));
  for (const name of ["pointerup", "pointercancel"]) view.pane.addEventListener(name, (event) => view.fingers.delete(event.pointerId));
  view.watcher = new ResizeObserver(() => place(view));
  view.watcher.observe(view.area);
  return view;
}

function drag(view, event) {
  const last = view.fingers.get(event.pointerId);
  if (!last || !view.box) return;
  view.fingers.set(event.pointerId, event);
  const [one, other] = [...view.fingers.values()];
  if (other) {
    const still = last === one || event === one ? other : one;
    const length = (finger) => Math.hypot(finger.clientX - still.clientX, finger.clientY - still.clientY);
    zoomAt(view, length(event) / Math.max(1, length(last)), { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 });
  } else if (event.pointerType === "mouse" || view.pane.classList.contains("near")) {
    const mm = 1 / scaleOf(view);
    shift(view, (last.clientX - event.clientX) * mm, (last.clientY - event.clientY) * mm);
  }
}

function pressSheet(view, event) {
  const step = (view.box?.[2] ?? 0) / 10;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.ctrlKey || event.metaKey || event.altKey || !view.box) return;
  if (moves[event.key]) shift(view, ...moves[event.key]);
  else if (event.key === "+" || event.key === "=") zoomAt(view, 1.4);
  else if (event.key === "-") zoomAt(view, 1 / 1.4);
  else if (event.key === "Home") whole(view);
  else return;
  event.preventDefault();
}

/** Pixels of a millimetre. */
const scaleOf = (view) => Math.min(view.area.clientWidth / view.box[2], view.area.clientHeight / view.box[3]);

function whole(view) {
  view.box = [...view.full];
  place(view);
}

function shift(view, right, down) {
  const [x, y, wide, tall] = view.full;
  view.box[0] = Math.min(x + wide - view.box[2] * 0.2, Math.max(x - view.box[2] * 0.8, view.box[0] + right));
  view.box[1] = Math.min(y + tall - view.box[3] * 0.2, Math.max(y - view.box[3] * 0.8, view.box[1] + down));
  place(view);
}

function zoomAt(view, factor, at) {
  if (!view.box) return;
  const area = view.area.getBoundingClientRect();
  const mm = 1 / scaleOf(view);
  const [right, down] = at ? [at.clientX - area.left - area.width / 2, at.clientY - area.top - area.height / 2] : [0, 0];
  const wide = Math.min(view.full[2] * 1.2, Math.max(view.full[2] / MOST, view.box[2] / factor));
  const part = wide / view.box[2];
  const middle = [view.box[0] + view.box[2] / 2, view.box[1] + view.box[3] / 2];
  const tall = view.box[3] * part;
  view.box = [middle[0] + right * mm * (1 - part) - wide / 2, middle[1] + down * mm * (1 - part) - tall / 2, wide, tall];
  place(view);
}

function place(view) {
  if (!view.box || !view.area.clientWidth) return;
  view.svg.setAttribute("viewBox", view.box.map((value) => value.toFixed(2)).join(" "));
  view.pane.classList.toggle("near", view.box[2] < view.full[2] * 0.98);
  places.set(view.id, { url: view.url, box: view.box });
  if (!view.mm) return;
  const pixels = scaleOf(view) / view.mm; // of a true millimetre
  const length = [5, 10, 20, 50, 100, 200, 500, 1000].filter((mm) => mm * pixels <= Math.min(220, view.area.clientWidth * 0.4)).pop() ?? 5;
  view.rule.style.width = `${length * pixels}px`;
  view.rule.replaceChildren();
  element("i", "", view.rule);
  element("span", "", view.rule, "0");
  element("span", "", view.rule, length < 10 ? `${length} mm` : `${length / 10} cm`);
}

async function loadSheet(view, data, url) {
  view.status.hidden = false;
  view.status.className = "status";
  view.status.textContent = "Reading the drawing.";
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const text = await answer.text();
  if (view.url !== url) return; // another one was asked for meanwhile
  view.svg = read(text, data.dark);
  for (const name of ["width", "height"]) view.svg.removeAttribute(name);
  view.svg.setAttribute("aria-hidden", "true");
  const box = view.svg.viewBox.baseVal;
  const full = [box.x, box.y, box.width, box.height];
  const edge = 0.02 * Math.max(full[2], full[3]);
  view.full = [full[0] - edge, full[1] - edge, full[2] + 2 * edge, full[3] + 2 * edge];
  view.mm = data.mm;
  view.area.style.height = `min(${Math.round(Math.max(300, (view.area.clientWidth * view.full[3]) / view.full[2] + 24))}px, 78vh)`;
  const before = places.get(data.id);
  view.box = before?.url === url ? before.box : [...view.full];
  view.pane.replaceChildren(view.svg);
  view.status.hidden = true;
  place(view);
  view.root.dataset.ready = data.url;
}

export default function ({ data, parentElement }) {
  let view = sheets.get(parentElement);
  if (!view) {
    view = buildSheet(parentElement);
    sheets.set(parentElement, view);
  }
  view.id = data.id;
  view.words.textContent = data.words;
  view.pane.setAttribute("aria-label", `${data.label}. Plus and minus zoom, arrow keys move it, Home shows all of it.`);
  const url = new URL(data.url, location.origin).href;
  if (view.url !== url) {
    view.url = url;
    loadSheet(view, data, url).catch((error) => {
      view.status.hidden = false;
      view.status.className = "status bad";
      view.status.textContent = `The drawing cannot be shown here (${error.message}). The files below are complete; reload the page to try again.`;
    });
  }
  return () => view.watcher.disconnect();
}
