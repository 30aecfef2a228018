// Drawings in SVG, under one legend. The text comes from our own code; nothing in it may act all the same.
const drawn = new WeakMap();
const NAMESPACE = "http://www.w3.org/2000/svg";
const SAMPLES = {
  bar: '<rect class="bar" x="3" y="1" width="16" height="10"/>',
  outline: '<path class="outline" d="M1 11V6h7V2h7v4h6v5"/>',
  mark: '<path class="mark" d="M11 0v12"/>',
  rug: '<path class="rug" d="M6 1v10M11 1v10M16 1v10"/>',
  area: '<rect class="area" x="3" y="2" width="16" height="8"/>',
  median: '<path class="median" d="M0 6h22"/>',
};

function read(text) {
  const found = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (found.namespaceURI !== NAMESPACE) return document.createElementNS(NAMESPACE, "svg");
  for (const node of [found, ...found.querySelectorAll("*")]) {
    if (["script", "foreignObject", "a", "use", "image", "style"].includes(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) if (/^on|href$/i.test(name)) node.removeAttribute(name);
  }
  return document.importNode(found, true);
}

const line = (kind, name, text, parent) => {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  parent.appendChild(made);
  return made;
};

function draw(root, data) {
  root.replaceChildren();
  if (data.legend.length) {
    const legend = line("ul", "legend", "", root);
    for (const { look, words } of data.legend) {
      const entry = line("li", "", "", legend);
      entry.append(read(`<svg xmlns="${NAMESPACE}" viewBox="0 0 22 12" aria-hidden="true">${SAMPLES[look] ?? ""}</svg>`), words);
    }
  }
  const all = line("div", data.drawings.some((one) => one.title) ? "all" : "all bare", "", root);
  all.style.setProperty("--cell", `${data.cell}px`);
  for (const one of data.drawings) {
    const figure = line("figure", "", "", all);
    if (one.title) line("div", "title", one.title, figure);
    const svg = read(one.svg);
    if (!one.title) svg.style.maxWidth = `${1.25 * svg.viewBox.baseVal.width}px`; // its letters shall not outgrow the page's
    figure.append(svg);
    if (one.words) line("figcaption", "words", one.words, figure);
  }
}

export default function ({ data, parentElement }) {
  const wanted = JSON.stringify(data);
  let view = drawn.get(parentElement);
  if (!view) {
    view = { root: document.createElement("div"), text: "" };
    parentElement.appendChild(view.root);
    drawn.set(parentElement, view);
  }
  if (view.text === wanted) return;
  view.text = wanted;
  draw(view.root, data);
}
