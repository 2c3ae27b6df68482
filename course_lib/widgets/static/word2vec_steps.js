// Draws the story that course_lib/widgets/story.py tells. The numbers are all there already: nothing is
// computed here, and nothing is fetched.

const PAUSE = 1200; // milliseconds between two steps while it plays
const NAME = "w2v-steps";

// A number as matplotlib's figures write it: a true minus sign, and none before zero.
function written(value, digits, plus = "") {
  const text = value.toFixed(digits);
  const zero = Number(text) === 0;
  return (value > 0 && !zero ? plus : "") + (zero ? text.replace("-", "") : text.replace("-", "−"));
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function part(tag, name, ...children) {
  return element(tag, { class: `${NAME}-${name}` }, ...children);
}

// Words that only a screen reader says.
function unseen(text) {
  return part("span", "unseen", text);
}

// The sentence, with the roles of its words underneath.
function sentence(step) {
  const line = part("p", "sentence", unseen("Sentence: "));
  step.tokens.forEach((token, place) => {
    const role = step.roles[place];
    const word = element("span", { class: `${NAME}-token`, "data-role": role }, token);
    if (role) word.append(unseen(" ("), part("small", "role", role), unseen(")"));
    line.append(word, " ");
  });
  return line;
}

function facts(step) {
  const list = part("dl", "facts");
  for (const [name, text] of step.facts) {
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, text)));
  }
  return list;
}

function table(name, caption, ...heads) {
  const made = part("table", name, element("caption", {}, caption));
  const row = element("tr");
  for (const head of heads) row.append(element("th", { scope: "col" }, ...[head].flat()));
  made.append(element("thead", {}, row), element("tbody"));
  return made;
}

// The predictions as a table: the true answer, both numbers, and two bars.
function predictions(story, step) {
  const answers = step.asked[0].true !== null;
  const heads = [...(answers ? ["true"] : []), "before", "after"];
  const made = table("predictions", story.caption, story.asked, ...heads);
  for (const asked of step.asked) {
    const row = element("tr", {}, element("th", { scope: "row" }, asked.name));
    if (!asked.counted) row.className = `${NAME}-skipped`;
    const answer = asked.counted ? String(asked.true) : "skipped";
    if (answers) row.append(element("td", {}, answer));
    const bars = part("td", "bars");
    bars.setAttribute("aria-hidden", "true");
    for (const when of ["before", "after"]) {
      row.append(element("td", {}, written(asked[when], 3)));
      const bar = element("div", { class: `${NAME}-bar`, "data-when": when });
      bar.style.width = `${100 * asked[when]}%`;
      bars.append(bar);
    }
    row.append(bars);
    made.tBodies[0].append(row);
  }
  return made;
}

// A matrix as it is after the step; what the step changed has an outline and the change beneath.
function matrix(story, position, number) {
  const { name, kind, rows, states } = story.matrices[number];
  const now = states[position];
  const before = states[Math.max(position - 1, 0)];
  const marks = position ? story.steps[position - 1].marks[number] : {};
  const heads = now[0].map((_, column) => [unseen("dimension "), String(column)]);
  const made = table("matrix", name, kind, ...heads);
  rows.forEach((word, place) => {
    const head = element("th", { scope: "row" }, word);
    if (marks[place]) head.append(" ", part("small", "mark", marks[place]));
    const row = element("tr", {}, head);
    now[place].forEach((value, column) => {
      const middle = (story.shades.length - 1) / 2;
      const shade = Math.round(middle + (value / (story.peak || 1)) * middle);
      const cell = element("td", {}, part("span", "value", written(value, 2)));
      [cell.style.backgroundColor, cell.style.color] = story.shades[shade];
      const change = value - before[place][column];
      if (change !== 0) {
        cell.className = `${NAME}-changed`;
        const sign = written(change, 3, "+");
        cell.append(unseen(", changed by "), part("small", "change", sign));
      }
      row.append(cell);
    });
    made.tBodies[0].append(row);
  });
  return made;
}

function legend(story) {
  const scale = part("span", "scale");
  scale.setAttribute("aria-hidden", "true");
  scale.style.backgroundImage = `linear-gradient(to right, ${story.shades.map(([fill]) => fill)})`;
  const most = written(story.peak, 2);
  const before = element("span", { class: `${NAME}-key`, "data-when": "before" });
  const after = element("span", { class: `${NAME}-key`, "data-when": "after" });
  for (const key of [before, after]) key.setAttribute("aria-hidden", "true");
  return part(
    "p",
    "legend",
    element("span", {}, `−${most} `, scale, ` ${most}: cells from blue, negative, to brown, positive.`),
    element("span", {}, "Outline and small number: what the step changed."),
    element("span", {}, "Bars: ", before, " orange, before the step; ", after, " blue, after it."),
  );
}

// Puts the widget into `root`. `moved(position)` is called when a reader has moved it; the function
// that is returned moves it from outside, and `stop` ends the playing.
function show(root, story, start = 0, moved = () => {}) {
  const last = story.steps.length;
  let position = start;
  let timer = null;
  const id = `${NAME}-${Math.random().toString(36).slice(2)}`;

  const card = element("section", {
    class: NAME,
    role: "group",
    tabindex: "0",
    "aria-labelledby": `${id}-title`,
    "aria-describedby": `${id}-help`,
  });
  const heading = element("p", { class: `${NAME}-title`, id: `${id}-title` }, story.title);
  const buttons = {};
  for (const [name, action] of [
    ["Back", () => go(position - 1)],
    ["Step", () => go(position + 1)],
    ["Play", () => play(timer === null)],
    ["Reset", () => go(0)],
  ]) {
    buttons[name] = element("button", { type: "button" }, name);
    buttons[name].addEventListener("click", action);
  }
  const slider = element("input", { type: "range", min: 0, max: last, id: `${id}-slider` });
  slider.addEventListener("input", () => go(Number(slider.value)));
  const count = part("span", "count");
  count.setAttribute("aria-hidden", "true"); // the slider says it
  const label = element("label", { for: `${id}-slider` }, "Steps made");
  const help = element("p", { class: `${NAME}-help`, id: `${id}-help` });
  help.append("Keys: ← back, → step, space plays or pauses, Home resets.");
  const live = element("p", { class: `${NAME}-said`, role: "status", "aria-live": "polite" });
  const stage = part("div", "stage");
  card.append(
    heading,
    part("div", "controls", ...Object.values(buttons), part("span", "slide", label, slider, count)),
    help,
    live,
    stage,
    legend(story),
  );
  root.append(card);

  function draw() {
    const step = position ? story.steps[position - 1] : null;
    slider.value = position;
    slider.setAttribute("aria-valuetext", `${position} of ${last}`);
    count.textContent = `${position} of ${last}`;
    // Not `disabled`: the button would lose the focus in the hand of who presses it.
    for (const name of ["Back", "Reset"]) buttons[name].setAttribute("aria-disabled", !position);
    buttons.Step.setAttribute("aria-disabled", position === last);
    live.textContent = step ? step.said : story.start;
    const matrices = story.matrices.map((_, number) => matrix(story, position, number));
    const told = step ? [sentence(step), facts(step)] : [];
    const bars = step ? [predictions(story, step)] : [];
    const tables = part("div", "tables", ...bars, part("div", "tables", ...matrices));
    stage.replaceChildren(...told, tables);
  }

  function go(wanted, playing = false) {
    if (!playing) play(false);
    const next = Math.min(Math.max(wanted, 0), last);
    if (next === position) return;
    position = next;
    draw();
    moved(position);
  }

  function play(on) {
    const playing = timer !== null;
    clearInterval(timer);
    timer = null;
    if (on) {
      if (position === last) go(0);
      go(position + 1, true);
      timer = setInterval(() => {
        go(position + 1, true);
        if (position === last) play(false);
      }, PAUSE);
    }
    buttons.Play.textContent = on ? "Pause" : "Play";
    // Who listens would hear each sentence cut off by the next; the last one is said.
    live.setAttribute("aria-live", on ? "off" : "polite");
    if (playing && !on) live.textContent = position ? story.steps[position - 1].said : story.start;
  }

  card.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const onButton = event.target.tagName === "BUTTON"; // a space presses it
    const actions = {
      ArrowLeft: () => go(position - 1),
      ArrowRight: () => go(position + 1),
      Home: () => go(0),
      " ": onButton ? null : () => play(timer === null),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault(); // neither the page nor JupyterLab takes the key as well
    action();
  });

  draw();
  return {
    move: (wanted) => go(wanted, timer !== null),
    stop: () => play(false),
  };
}

function render({ model, el }) {
  const shown = show(el, model.get("story"), model.get("position"), (position) => {
    model.set("position", position);
    model.save_changes();
  });
  const follow = () => shown.move(model.get("position"));
  model.on("change:position", follow);
  return () => {
    shown.stop();
    model.off("change:position", follow);
  };
}

export default { render };
