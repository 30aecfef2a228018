// A solid on a floor with a rule, to be turned, in true size. three.js comes from /assets, once; nothing is drawn while nothing moves.
const instances = new WeakMap();
const kept = new Map(); // where the camera was and what was switched on: survives an unmount
const WAYS = { corner: [0.62, 0.42, 1], front: [0, 0, 1], side: [1, 0, 0], top: [0, 1, 0.0001] };
const WORDS = { corner: "Three-quarter", front: "Front", side: "Side", top: "Top" };
const FOV = 22;
const TURN = Math.PI / 18;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let library;
const three = () => (library ??= import(new URL("/assets/three.min.js", location.origin).href));

function build(parent) {
  const root = element("div", "solid", parent);
  const view = { root, labels: [], url: "", settings: { measures: true, floor: true } };
  const top = element("div", "tools", root);
  const ways = element("div", "segments", top);
  ways.setAttribute("role", "group");
  ways.setAttribute("aria-label", "Seen from");
  view.ways = Object.keys(WAYS).map((way) => {
    const made = button(ways, WORDS[way], () => turnTo(view, way));
    made.dataset.way = way;
    return made;
  });
  const others = element("div", "others", top);
  view.toggles = [["measures", "Measures"], ["floor", "Floor grid"]].map(([name, words]) => {
    const made = button(others, words, () => {
      view.settings[name] = !view.settings[name];
      keep(view);
      show(view);
    });
    made.dataset.name = name;
    return made;
  });
  const zoom = element("div", "segments", others);
  zoom.setAttribute("role", "group");
  zoom.setAttribute("aria-label", "Zoom");
  button(zoom, "\u2212", () => nearer(view, 1.25), "Zoom out");
  button(zoom, "+", () => nearer(view, 0.8), "Zoom in");
  view.area = element("div", "area", root);
  view.canvas = element("canvas", "", view.area);
  view.canvas.tabIndex = 0;
  view.canvas.setAttribute("role", "application");
  view.canvas.setAttribute("aria-roledescription", "3-D view");
  view.overlay = element("div", "overlay", view.area);
  view.overlay.setAttribute("aria-hidden", "true");
  view.status = element("p", "status", view.area, "Reading the shape.");
  view.status.setAttribute("role", "status");
  view.words = element("p", "words", root);
  view.canvas.addEventListener("keydown", (event) => press(view, event));
  view.canvas.addEventListener("wheel", (event) => {
    event.stopImmediatePropagation();
    if (!event.ctrlKey && view.root.getRootNode().activeElement !== view.canvas) return; // the page scrolls until the view is chosen
    event.preventDefault();
    nearer(view, Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 300));
  }, { passive: false });
  return view;
}

const directionOf = (view) => view.camera.position.clone().sub(view.controls.target).normalize().toArray();
const keep = (view) => kept.set(view.id, { settings: view.settings, wanted: view.camera ? directionOf(view) : view.wanted });

function press(view, event) {
  const { key } = event;
  const turns = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
  if (event.ctrlKey || event.metaKey || event.altKey || !view.camera) return;
  if (turns[key]) orbit(view, ...turns[key]);
  else if (key === "+" || key === "=") nearer(view, 0.8);
  else if (key === "-") nearer(view, 1.25);
  else if (key === "Home") turnTo(view, "corner");
  else if ("1234".includes(key)) turnTo(view, Object.keys(WAYS)[Number(key) - 1]);
  else return;
  event.preventDefault();
}

function orbit(view, sideways, up) {
  const away = view.camera.position.clone().sub(view.controls.target);
  const far = away.length();
  const round = Math.atan2(away.x, away.z) + sideways;
  const down = Math.min(Math.PI / 2 - 0.01, Math.max(0.001, Math.acos(away.y / far) + up));
  const flat = far * Math.sin(down);
  moveTo(view, away.set(flat * Math.sin(round), far * Math.cos(down), flat * Math.cos(round)).add(view.controls.target), false);
}

function nearer(view, factor) {
  if (!view.camera) return;
  const away = view.camera.position.clone().sub(view.controls.target);
  const far = Math.min(view.controls.maxDistance, Math.max(view.controls.minDistance, away.length() * factor));
  moveTo(view, away.setLength(far).add(view.controls.target), false);
}

function turnTo(view, way) {
  if (!view.camera) return;
  const { target, position } = aimFrom(view, WAYS[way]);
  moveTo(view, position, !still.matches, target);
}

/** From this direction, in the middle of what is seen, and as near as all of it is. */
function aimFrom(view, from) {
  const { Vector3 } = view.three;
  const towards = new Vector3(...from).normalize();
  const right = new Vector3(0, 1, 0).cross(towards).normalize();
  const up = towards.clone().cross(right);
  const shown = towards.z > 0.3 || towards.y > 0.9 ? [...view.corners, ...view.ends] : view.corners; // from the side the rule is seen end on
  const target = view.middle.clone();
  for (const axis of [right, up]) {
    const along = shown.map((point) => point.clone().sub(view.middle).dot(axis));
    target.addScaledVector(axis, (Math.min(...along) + Math.max(...along)) / 2);
  }
  const tall = Math.tan((FOV * Math.PI) / 360);
  let far = 0;
  for (const point of shown) {
    const at = point.clone().sub(target);
    const wide = Math.abs(at.dot(right)) / (tall * view.camera.aspect);
    far = Math.max(far, at.dot(towards) + 1.06 * Math.max(wide, Math.abs(at.dot(up)) / tall));
  }
  return { target, position: towards.multiplyScalar(far).add(target) };
}

function moveTo(view, goal, slowly, target = view.controls.target.clone()) {
  cancelAnimationFrame(view.moving);
  const start = view.camera.position.clone();
  const aimed = view.controls.target.clone();
  const begun = performance.now();
  const step = (now) => {
    const part = slowly ? Math.min(1, (now - begun) / 320) : 1;
    const eased = 1 - (1 - part) ** 3;
    const far = start.distanceTo(aimed) * (1 - eased) + goal.distanceTo(target) * eased;
    view.controls.target.lerpVectors(aimed, target, eased);
    view.camera.position.lerpVectors(start, goal, eased).sub(view.controls.target).setLength(far).add(view.controls.target);
    view.controls.update();
    render(view);
    if (part < 1) view.moving = requestAnimationFrame(step);
    else keep(view);
  };
  step(begun);
}

function show(view) {
  for (const made of view.toggles) made.setAttribute("aria-pressed", String(view.settings[made.dataset.name]));
  if (!view.camera) return;
  view.measures.visible = view.settings.measures;
  view.floor.visible = view.settings.floor;
  render(view);
}

function render(view) {
  cancelAnimationFrame(view.asked);
  view.asked = requestAnimationFrame(() => {
    if (!view.renderer || !view.root.isConnected) return;
    view.renderer.render(view.scene, view.camera);
    placeLabels(view);
    const seen = view.camera.position.clone().sub(view.controls.target).normalize();
    for (const made of view.ways) {
      const same = seen.dot(new view.three.Vector3(...WAYS[made.dataset.way]).normalize()) > 0.9995;
      made.setAttribute("aria-pressed", String(same));
    }
  });
}

/** Words beside their places; those of a line that is seen end on are left out. */
function placeLabels(view) {
  const { clientWidth: wide, clientHeight: tall } = view.area;
  const flat = (point) => {
    const at = point.clone().project(view.camera);
    return [((at.x + 1) * wide) / 2, ((1 - at.y) * tall) / 2];
  };
  for (const { node, from, to, of } of view.labels) {
    const [x0, y0] = flat(from);
    const [x1, y1] = flat(to);
    const hidden = !view[of].visible || (from !== to && Math.hypot(x1 - x0, y1 - y0) < 34);
    node.hidden = hidden;
    if (!hidden) node.style.transform = `translate(-50%, -50%) translate(${((x0 + x1) / 2).toFixed(1)}px, ${((y0 + y1) / 2).toFixed(1)}px)`;
  }
}

const unmount = (view) => {
  cancelAnimationFrame(view.moving);
  cancelAnimationFrame(view.asked);
  view.watcher?.disconnect();
  view.scheme?.removeEventListener("change", view.repaint);
  if (view.camera) keep(view);
  view.controls?.dispose();
  view.renderer?.dispose();
  view.renderer?.forceContextLoss();
  view.renderer = view.camera = null;
};

export default function ({ data, parentElement }) {
  let view = instances.get(parentElement);
  if (!view) {
    view = build(parentElement);
    instances.set(parentElement, view);
  }
  const before = view.id !== data.id && kept.get(data.id);
  view.id = data.id;
  if (before) Object.assign(view, before);
  view.data = data;
  view.canvas.setAttribute("aria-label", `${data.label}. Arrow keys turn it, plus and minus zoom, 1 to 4 choose a side.`);
  view.words.textContent = data.words;
  if (view.ground) repaint(view); // the page's colours may have changed
  show(view);
  const url = new URL(data.url, location.origin).href;
  if (view.url !== url) {
    view.url = url;
    load(view, url, data).catch((error) => {
      if (view.url !== url) return;
      view.status.hidden = false;
      view.status.className = "status bad";
      view.status.textContent = `The shape cannot be shown here (${error.message}). The files below are complete; reload the page to try again.`;
    });
  }
  return () => {
    instances.delete(parentElement);
    view.root.remove();
    unmount(view);
  };
}
