// Cards in a grid. Pressing one opens it; the corner picks it. What is open and picked is kept by the page.
const instances = new WeakMap();
const TICK = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m4 13 5 5L20 6"/></svg>';

const element = (kind, name, parent) => {
  const made = document.createElement(kind);
  made.className = name;
  parent.appendChild(made);
  return made;
};

function words(card, parent) {
  const box = element("span", "words", parent);
  [[card.title, card.figure], ...card.lines].forEach(([left, right], index) => {
    const row = element("span", "row", box);
    const first = element("span", index ? "" : "title", row);
    first.textContent = left;
    first.title = left;
    if (right) element("span", "", row).textContent = right;
  });
}

function build(view, card) {
  const item = element("li", "", view.list);
  const open = element("button", "open", item);
  open.type = "button";
  open.dataset.id = card.id;
  const frame = element("span", "picture", open);
  const picture = element("img", "", frame);
  picture.src = card.url;
  picture.alt = card.alt;
  picture.draggable = false;
  if (card.badge) {
    const badge = element("span", `badge ${card.tone}`, frame);
    badge.textContent = card.badge;
    if (card.tip) badge.title = card.tip;
  }
  words(card, open);
  open.onclick = () => view.send({ kind: "open", id: card.id });
  if (!view.pickable) return;
  const pick = element("button", "pick", item);
  pick.type = "button";
  pick.dataset.id = card.id;
  pick.innerHTML = TICK;
  pick.title = `Pick ${card.title}`;
  pick.setAttribute("aria-label", `Pick ${card.title}`);
  pick.onclick = () => {
    const on = pick.getAttribute("aria-pressed") !== "true";
    pick.setAttribute("aria-pressed", String(on)); // at once: the page's answer takes a moment
    view.send({ kind: "pick", id: card.id, on });
  };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = { list: element("ul", "", parentElement), drawn: "" };
    instances.set(parentElement, view);
  }
  view.send = (event) => setTriggerValue("event", event);
  view.pickable = data.pickable;
  view.list.setAttribute("aria-label", data.label);
  view.list.style.setProperty("--cell", `${data.cell}px`);
  view.list.style.setProperty("--ratio", String(data.ratio));
  const drawn = JSON.stringify([data.cards, data.pickable]);
  if (drawn !== view.drawn) {
    view.list.replaceChildren();
    for (const card of data.cards) build(view, card);
    view.drawn = drawn;
  }
  for (const open of view.list.querySelectorAll(".open")) open.setAttribute("aria-pressed", String(open.dataset.id === data.current));
  for (const pick of view.list.querySelectorAll(".pick")) pick.setAttribute("aria-pressed", String(data.picked.includes(pick.dataset.id)));
}
