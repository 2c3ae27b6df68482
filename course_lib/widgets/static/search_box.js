// A box for the query and a place for the answer; Python ranks and escapes.
function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "w2v-search";
  const label = document.createElement("label");
  label.textContent = "Query: ";
  const input = document.createElement("input");
  input.type = "search";
  input.value = model.get("query");
  const answer = document.createElement("div");
  answer.setAttribute("aria-live", "polite");
  const show = () => {
    answer.innerHTML = model.get("answer");
  };
  input.addEventListener("change", () => {
    model.set("query", input.value);
    model.save_changes();
  });
  model.on("change:query", () => {
    input.value = model.get("query");
  });
  model.on("change:answer", show);
  label.append(input);
  box.append(label, answer);
  el.append(box);
  show();
}

export default { render };
