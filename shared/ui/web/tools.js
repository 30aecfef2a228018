// What the viewers have in common.
const element = (kind, name, parent, text = "") => {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  parent.appendChild(made);
  return made;
};

function button(parent, words, act, title = "") {
  const made = element("button", "", parent, words);
  made.type = "button";
  if (title) {
    made.title = title;
    made.setAttribute("aria-label", title);
  }
  made.onclick = act;
  return made;
}
