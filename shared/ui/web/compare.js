// Two pictures of the same place, one over the other; a line between them is moved by pointer, touch or keys.
const instances = new WeakMap();
const positions = new Map(); // survives an unmount: a rerun may build the component anew

const element = (kind, name, parent) => {
  const made = document.createElement(kind);
  made.className = name;
  parent.appendChild(made);
  return made;
};

function place(view, share) {
  view.share = Math.min(1, Math.max(0, share));
  positions.set(view.id, view.share);
  const percent = 100 * view.share;
  view.before.style.clipPath = `inset(0 ${100 - percent}% 0 0)`;
  view.line.style.left = `${percent}%`;
  view.handle.setAttribute("aria-valuenow", String(Math.round(percent)));
  view.handle.setAttribute("aria-valuetext", `${Math.round(percent)} % ${view.names[0]}, ${100 - Math.round(percent)} % ${view.names[1]}`);
}

function onKey(view, event) {
  const step = event.shiftKey ? 0.1 : 0.01;
  const moves = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  place(view, view.share + moves[event.key]);
}

function follow(view) {
  const shareAt = (event) => {
    const box = view.frame.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  view.frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    view.frame.setPointerCapture(event.pointerId);
    place(view, shareAt(event));
    view.handle.focus({ preventScroll: true });
    event.preventDefault();
  });
  view.frame.addEventListener("pointermove", (event) => {
    if (view.frame.hasPointerCapture(event.pointerId)) place(view, shareAt(event));
  });
  view.handle.addEventListener("keydown", (event) => onKey(view, event));
}

function build(root) {
  const frame = element("div", "frame", root);
  const view = { frame, after: element("img", "picture", frame), before: element("img", "picture", frame) };
  view.labels = [element("span", "label left", frame), element("span", "label right", frame)];
  view.ruler = element("div", "ruler", frame);
  view.line = element("div", "line", frame);
  view.handle = element("div", "handle", view.line);
  view.handle.tabIndex = 0;
  view.handle.setAttribute("role", "slider");
  view.handle.setAttribute("aria-orientation", "horizontal");
  view.handle.setAttribute("aria-valuemin", "0");
  view.handle.setAttribute("aria-valuemax", "100");
  view.handle.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9.5 8 6 12l3.5 4M14.5 8 18 12l-3.5 4"/></svg>';
  for (const picture of [view.before, view.after]) picture.draggable = false;
  follow(view);
  return view;
}

function drawRuler(view, ticks) {
  view.ruler.replaceChildren();
  for (let i = 0; i <= Math.floor(ticks); i += 1) element("span", "tick", view.ruler).style.left = `${(100 * i) / ticks}%`;
}

export default function (component) {
  const { data, parentElement } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = build(parentElement);
    instances.set(parentElement, view);
  }
  view.id = data.id;
  view.names = data.names;
  view.frame.style.aspectRatio = `${data.width} / ${data.height}`;
  view.frame.style.setProperty("--ratio", String(data.width / data.height));
  view.frame.classList.toggle("crisp", data.crisp);
  [view.before, view.after].forEach((picture, index) => {
    if (picture.getAttribute("src") !== data.pictures[index]) picture.src = data.pictures[index];
    picture.alt = data.alts[index];
    view.labels[index].textContent = data.names[index];
  });
  view.handle.setAttribute("aria-label", data.label);
  drawRuler(view, data.ticks);
  view.ruler.title = data.scale;
  place(view, positions.get(data.id) ?? 0.5);
}
