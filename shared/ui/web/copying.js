// Buttons that put a text on the clipboard, and say whether that worked.
const instances = new WeakMap();
const SHOWN_MS = 1800;

const element = (kind, name, parent, text = "") => {
  const made = document.createElement(kind);
  made.className = name;
  if (text) made.textContent = text;
  parent.appendChild(made);
  return made;
};

// Without https browsers offer no clipboard to a page on another machine; what is selected can be copied there too.
function selected(text) {
  const area = element("textarea", "", document.body);
  area.value = text;
  area.style.cssText = "position:fixed;top:0;left:0;opacity:0";
  area.select();
  const worked = document.execCommand("copy");
  area.remove();
  return worked;
}

async function put(text) {
  if (!navigator.clipboard) return selected(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return selected(text);
  }
}

function build(view, { words, text }) {
  const made = element("button", "", view.root);
  made.type = "button";
  element("span", "words", made, words);
  const said = element("span", "said", made);
  made.onclick = async () => {
    const worked = await put(text);
    made.focus({ preventScroll: true });
    clearTimeout(view.timers.get(made));
    made.dataset.state = worked ? "done" : "failed";
    said.textContent = worked ? "Copied" : "Not copied";
    view.status.textContent = worked ? `${words}: copied` : `${words}: the browser refused`;
    view.timers.set(made, setTimeout(() => {
      delete made.dataset.state;
      view.status.textContent = "";
    }, SHOWN_MS));
  };
}

export default function ({ data, parentElement }) {
  let view = instances.get(parentElement);
  if (!view) {
    view = { root: element("div", "copying", parentElement), status: element("span", "status", parentElement), timers: new Map(), drawn: "" };
    view.root.setAttribute("role", "group");
    view.status.setAttribute("role", "status");
    instances.set(parentElement, view);
  }
  view.root.setAttribute("aria-label", data.label);
  const drawn = JSON.stringify(data.texts);
  if (drawn === view.drawn) return;
  view.drawn = drawn;
  view.root.replaceChildren();
  for (const one of data.texts) build(view, one);
}
