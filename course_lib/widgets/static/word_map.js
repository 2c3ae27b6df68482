// What is said about a word is written as text, never as HTML: a word may be anything.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const { words, x, y, neighbours, cosines } = read("words");
const rows = new Map(words.map((word, row) => [word, row]));
const search = document.getElementById("search");
const chosen = document.getElementById("chosen");
const list = document.getElementById("neighbours");

for (const word of [...words].sort()) {
  const option = document.createElement("option");
  option.value = word;
  document.getElementById("known").append(option);
}

await Bokeh.embed.embed_item(read("figure"), "map");
const drawn = Bokeh.documents[0];

function show(row) {
  chosen.textContent = `Nearest to “${words[row]}” by the cosine, numbered on the map:`;
  list.replaceChildren(...neighbours[row].map((other, place) => entry(other, cosines[row][place])));
  const marked = [row, ...neighbours[row]];
  drawn.get_model_by_name("marks").data = {
    x: marked.map((other) => x[other]),
    y: marked.map((other) => y[other]),
    // A name at each ring would hide the others: neighbours lie close together.
    word: marked.map((other, place) => (place === 0 ? words[row] : String(place))),
    size: marked.map((other) => (other === row ? 20 : 13)),
  };
}

function entry(row, cosine) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.textContent = words[row];
  button.addEventListener("click", () => show(row));
  item.append(button, ` ${cosine.toFixed(2).replace("-", "−")}`);
  return item;
}

document.addEventListener("word", (event) => show(event.detail));
search.addEventListener("change", () => {
  const typed = search.value.trim();
  const row = rows.get(typed) ?? rows.get(typed.toLowerCase());
  if (row === undefined) {
    chosen.textContent = `“${typed}” is not on this map.`;
    list.replaceChildren();
  } else {
    show(row);
  }
});
document.body.dataset.ready = "yes";
