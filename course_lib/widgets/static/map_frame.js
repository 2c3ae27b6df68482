// The map is a page of its own: in a frame it cannot touch the notebook around it.
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.className = "word-map-frame";
  frame.title = "A map of words";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = model.get("document");
  el.appendChild(frame);
}

export default { render };
