// The rule: a tick scale in real units. One instance a mount; updates move what is there, so that transitions run.
const instances = new WeakMap();

const element = (kind, name, parent) => {
  const made = document.createElement(kind);
  made.className = name;
  parent.appendChild(made);
  return made;
};

function build(root) {
  const rule = element("div", "rule", root);
  const scale = element("div", "scale", rule);
  const fills = element("div", "fills", scale);
  const ticks = element("div", "ticks", scale);
  const names = element("div", "names", rule);
  return { rule, scale, fills, ticks, names, count: -1, parts: "" };
}

function drawTicks(parts, count) {
  if (parts.count === count) return;
  parts.count = count;
  parts.ticks.replaceChildren();
  for (let i = 0; i <= count; i += 1) {
    const tick = element("span", i % 5 === 0 && count > 20 ? "tick long" : "tick", parts.ticks);
    tick.style.left = `${(100 * i) / count}%`;
  }
}

function drawSegments(parts, segments) {
  const drawn = JSON.stringify(segments.map((segment) => segment.name));
  if (parts.parts !== drawn) {
    parts.parts = drawn;
    parts.fills.replaceChildren();
    parts.names.replaceChildren();
    for (const segment of segments) {
      element("div", `fill ${segment.tone}`, parts.fills);
      if (segment.name) element("div", "name", parts.names).textContent = segment.name;
    }
  }
  let from = 0;
  let shown = 0;
  segments.forEach((segment, index) => {
    const fill = parts.fills.children[index];
    fill.className = `fill ${segment.tone}`;
    fill.style.left = `${100 * from}%`;
    fill.style.width = `${100 * segment.share}%`;
    if (segment.name) {
      const name = parts.names.children[shown]; // as wide as its segment, and never narrower than its word
      name.style.flexGrow = String(segment.share);
      name.title = segment.name;
      shown += 1;
    }
    from += segment.share;
  });
}

export default function (component) {
  const { data, parentElement } = component;
  let parts = instances.get(parentElement);
  if (!parts) {
    parts = build(parentElement);
    instances.set(parentElement, parts);
  }
  const role = data.progress === null ? "img" : "progressbar";
  parts.scale.setAttribute("role", role);
  parts.scale.setAttribute("aria-label", data.label);
  if (role === "progressbar") {
    parts.scale.setAttribute("aria-valuemin", "0");
    parts.scale.setAttribute("aria-valuemax", "100");
    parts.scale.setAttribute("aria-valuenow", String(Math.round(100 * data.progress)));
    parts.scale.setAttribute("aria-valuetext", data.label);
  }
  drawTicks(parts, data.ticks);
  drawSegments(parts, data.segments);
  parts.names.hidden = !data.segments.some((segment) => segment.name);
}
