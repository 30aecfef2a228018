// Rows of which one is looked at. What is open is kept by the page.
const instances = new WeakMap();

const element = (kind, name, parent, text = "") => {
  const made = document.createElement(kind);
  made.className = name;
  if (text) made.textContent = text;
  parent.appendChild(made);
  return made;
};

function build(view, entry) {
  const open = element("button", "", element("li", "", view.list));
  open.type = "button";
  open.dataset.id = entry.id;
  open.title = entry.title;
  const thumb = element(entry.url ? "img" : "span", "thumb", open);
  if (entry.url) {
    thumb.src = entry.url;
    thumb.alt = "";
    thumb.draggable = false;
  }
  const words = element("span", "words", open);
  element("span", "title", words, entry.title);
  const row = element("span", "row", words);
  element("span", `word ${entry.tone}`, row, entry.word);
  if (entry.note) element("span", "note", row, entry.note);
  open.onclick = () => view.send({ kind: "open", id: entry.id });
}

function move(view, event) {
  const all = [...view.list.querySelectorAll("button")];
  const at = all.indexOf(event.composedPath()[0]);
  const moves = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 };
  if (at < 0 || !(event.key in moves)) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, moves[event.key]))].focus();
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let view = instances.get(parentElement);
  if (!view) {
    view = { list: element("ul", "", parentElement), drawn: "" };
    view.list.addEventListener("keydown", (event) => move(view, event));
    instances.set(parentElement, view);
  }
  view.send = (event) => setTriggerValue("event", event);
  view.list.setAttribute("aria-label", data.label);
  view.list.style.setProperty("--cell", `${data.cell}px`);
  const drawn = JSON.stringify(data.entries);
  if (drawn !== view.drawn) {
    view.list.replaceChildren();
    for (const entry of data.entries) build(view, entry);
    view.drawn = drawn;
  }
  for (const open of view.list.querySelectorAll("button")) open.setAttribute("aria-pressed", String(open.dataset.id === data.current));
  if (view.current === data.current) return;
  view.current = data.current;
  const open = view.list.querySelector("[aria-pressed=true]");
  const below = open && open.offsetTop + open.offsetHeight - view.list.clientHeight;
  if (below > view.list.scrollTop) view.list.scrollTop = below + 8;
}
