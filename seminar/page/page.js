// The page asks, shows what comes back, moves the day line, and listens to keys; all else is decided by the server.
"use strict";
const $ = (id) => document.getElementById(id);
const view = {recipe: "", day: 0, last: 1};
let session = null, playing = false, running = false, epoch = 0, drawing = false, drawn = -1;
let line = Promise.resolve();  // what is asked for is asked one after the other

const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const part = (recipe, place) => recipe.split("/")[place];

async function post(where, body) {
  const answer = await fetch(where, {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({session, ...body})});
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

function gone(error) {  // what is shown stays
  stopAll();
  const bar = $("gone");
  const told = /^\d+$/.test(error.message) ? `It answered with ${error.message}.` : "It cannot be reached.";
  bar.textContent = `The server does not answer as it should. ${told} What is shown stays; the recipe below gives it back.`;
  const again = document.createElement("button");
  again.textContent = "Try again";
  again.onclick = () => open(view.recipe);
  bar.append(again);
  bar.hidden = false;
}

function stopAll() { playing = running = false; buttons(); }

async function ask(body) {
  if (!body) return null;
  try {
    let told = await (await post("do", body)).json();
    if (told.gone) {  // the place was given on: the recipe restores it
      const note = told.gone;
      stopAll();
      told = await (await post("open", {recipe: view.recipe})).json();
      if (!told.refusal) told.said = note;
    }
    $("gone").hidden = true;
    return show(told);
  } catch (error) { gone(error); return null; }
}

function act(body) { return (line = line.then(() => ask(typeof body === "function" ? body() : body)).then(async (told) => { await painted(); return told; })); }

async function open(recipe) {
  stopAll();
  return (line = line.then(async () => {
    try {
      const told = await (await post("open", {recipe})).json();
      $("gone").hidden = true;
      show(told);
      if (told.refusal && !session) { history.replaceState(null, "", "?"); await show(await (await post("open", {recipe: "ordinary"})).json(), told.refusal); }
    } catch (error) { view.recipe = view.recipe || recipe; gone(error); }
  }));
}

function show(told, refusal = told.refusal) {
  if (told.session) session = told.session;
  if (told.sheet) return sheet(told.title, told.sheet);
  for (const name of ["account", "cards", "apart", "charts", "line", "setting", "results"]) if (name in told) put(name, told[name]);
  if ("said" in told || refusal) $("said").textContent = refusal || told.said;
  if (!("recipe" in told)) { if (refusal) fields(); return told; }
  Object.assign(view, told);
  if ("charts" in told && "setting" in told) { epoch += 1; drawn = view.furthest; shown(); }
  $("where").textContent = told.where;
  $("why").disabled = !told.exchange;
  $("guess").setAttribute("aria-pressed", told.guessing);
  $("day").max = told.last;
  if (wanted === null) $("day").value = told.day;
  $("day").setAttribute("aria-valuetext", told.where);
  $("progress").value = told.pairs;
  fields();
  buttons();
  dayLine();
  redraw();
  address();
  return told;
}

const wishes = {};  // settings that are wanted but not asked for yet: the latest counts, and no answer overrules it
function wish(field, value) {
  wishes[field] = value;
  act(() => {
    if (!(field in wishes)) return null;
    const body = {do: "change", field, value: wishes[field]};
    delete wishes[field];
    return body;
  });
}

const last = {};
function put(name, html) {  // whoever had the focus keeps it
  if (last[name] === html) return;
  const focused = document.activeElement.id;
  $(name).innerHTML = last[name] = html;
  if (focused && document.activeElement.id !== focused) $(focused)?.focus();
}

function fields() {  // every field says what holds, also after something was refused
  for (const slider of document.querySelectorAll("#setting input")) if (!slider.matches(":active")) {
    const value = wishes[slider.dataset.field] ?? view.setting_now[slider.dataset.field];
    slider.value = value;
    say(slider, value);
  }
  $("scenario").value = part(view.recipe, 0);
  if (document.activeElement !== $("luck")) $("luck").value = part(view.recipe, 1);
  if (document.activeElement !== $("recipe")) $("recipe").value = view.recipe;
  $("against").value = view.against === part(view.recipe, 0) ? "=" : view.against;
  if ($("pair").length !== view.count)
    $("pair").replaceChildren(...Array.from({length: view.count}, (_, i) => new Option(`${i}`, `${i}`)));
  $("pair").value = view.pair;
}

function buttons() {
  $("play").setAttribute("aria-pressed", playing);
  $("play").textContent = playing ? "Pause" : "Play days";
  $("run").disabled = running || view.guessing;
  $("stop").disabled = !running;
  document.querySelector("[data-do=step]").disabled = view.day >= view.last && view.over;
}

function shown() {  // which charts there are to choose from
  const two = view.against ? {his: "The client's view", hers: "The keyworker's view", "his-tone": "Tone to the client",
    "hers-tone": "Tone to the keyworker"} : {definition: "Each one's view", tone: "Tone"};
  const old = $("show").value;
  $("show").replaceChildren(...Object.entries(two).map(([value, text]) => new Option(text, value)));
  if (old in two) $("show").value = old;
  $("charts").dataset.show = $("show").value;
}

function dayLine() {
  for (const mark of document.querySelectorAll("g.day")) {
    const {left, wide, last} = mark.dataset;
    mark.setAttribute("transform", `translate(${(+left + (Math.max(1, view.day) - .5) * wide / last).toFixed(1)} 0)`);
  }
}

async function redraw() {  // the charts follow when there is time: at most a few times a second
  if (drawing || drawn >= view.furthest) return;
  drawing = true;
  const then = epoch, until = view.furthest;
  try {
    if (playing) await wait(250);
    const told = await (await post("do", {do: "charts"})).json();
    if (then === epoch && told.charts) { put("charts", told.charts); put("line", told.line); dayLine(); }
    if (then === epoch) drawn = until;
  } catch (error) { drawn = until; }  // whoever acts next hears of it
  drawing = false;
  redraw();
}

let addressed = 0;
function address() {
  clearTimeout(addressed);
  addressed = setTimeout(() => history.replaceState(null, "", `?recipe=${view.recipe}`), 400);
}

let plays = 0, runs = 0;  // which play and which run is going on: one that was stopped is not woken by the next
async function play() {
  if (playing) { playing = false; buttons(); return; }
  const mine = ++plays;
  playing = true;
  buttons();
  while (playing && mine === plays && view.day < view.last) {
    const began = performance.now();
    if (!(await act({do: "play"}))) break;
    const rest = $("speed").value - (performance.now() - began);
    if (rest > 0 && playing) await wait(rest);
  }
  if (mine !== plays) return;
  playing = false;
  buttons();
}

async function run() {
  const mine = ++runs;
  running = true;
  let again = true;
  buttons();
  while (running && mine === runs) {
    const told = await act({do: "pairs", again});
    if (mine !== runs) return;
    again = false;
    if (!told || told.refusal || told.pairs >= 200) running = false;
  }
  buttons();
}

function say(slider, value = +slider.value) {  // the number as scenario files have it, also one between two steps
  const word = slider.dataset.words.split("|").map((one) => one.split(":")).filter(([least]) => value >= +least).pop()[1];
  slider.setAttribute("aria-valuetext", `${value} ${word}`);
  slider.nextElementSibling.textContent = `${value} ${word}`;
}

function sheet(title, html) {
  const focused = document.activeElement.id;
  $("sheet-is").textContent = title;
  $("content").innerHTML = html;
  if (!$("sheet").open) $("sheet").showModal();
  else if (focused) $(focused)?.focus();
  $("content").scrollTop = $("sheet").scrollTop = 0;
}

async function save(button) {
  const form = button.closest("form"), body = {what: button.dataset.save};
  if (form) for (const field of form.elements) if (field.name)
    body[field.name] = field.type === "checkbox" ? field.checked : field.value;
  let file;
  try {
    const answer = await post("save", body);
    if (answer.headers.get("Content-Type").startsWith("application/json")) {
      const told = await answer.json();
      $("said").textContent = told.refusal || told.gone;
      $("sheet-said").textContent = told.refusal || told.gone;
      return;
    }
    file = await answer.blob();
  } catch (error) { $("sheet").close(); gone(error); return; }
  if (button.dataset.as === "png") file = await png(await file.text());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = button.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function png(svg) {  // three times as large, for slides
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 3 * image.width; canvas.height = 3 * image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(done, "image/png");
    };
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

async function links() {  // the same session for everybody, each with a luck of their own
  const told = await act({do: "links", students: +$("students").value, page: location.href.split("?")[0]});
  $("links").value = told?.links ?? "";
  $("links-said").textContent = told?.refusal ?? told?.links_said ?? "";
}

// of another pair or luck the same day is shown, its evening: how much happens on it is another thing
const change = (where, value) => open(where(view.recipe.split("/").map((p) => p.replace(/^(d\d+)\.\d+$/, "$1")), value).join("/"));
const beginning = (parts) => parts.filter((one) => !/^(d\d|p\d)/.test(one));
$("scenario").onchange = () => change((parts, value) => [value, ...beginning(parts).slice(1).filter((p) => !/^(vs|lesson):/.test(p))], $("scenario").value);
$("pair").onchange = () => change((parts, value) => [...parts.slice(0, 2), `p${value}`, ...parts.slice(2).filter((p) => !/^p\d/.test(p))], $("pair").value);
$("luck").onchange = () => change((parts, value) => [parts[0], value.trim(), ...parts.slice(2)], $("luck").value);
$("new-luck").onclick = () => change((parts, value) => [parts[0], value, ...parts.slice(2)], `${1 + Math.floor(Math.random() * 9999)}`);
$("against").onchange = () => {
  const other = $("against").value === "=" ? part(view.recipe, 0) : $("against").value;
  const parts = view.recipe.split("/").filter((one) => !one.startsWith("vs:"));
  open([...parts, ...(other ? [`vs:${other}`] : [])].join("/"));
};
$("again").onclick = () => change((parts) => parts.filter((one) => !/^d\d/.test(one)));
$("guess").onclick = () => act({do: "guess", wanted: !view.guessing});
$("large").onclick = () => $("large").setAttribute("aria-pressed", document.documentElement.classList.toggle("large"));
$("play").onclick = play;
$("run").onclick = run;
$("stop").onclick = () => { running = false; buttons(); };
$("restore").onclick = () => act({do: "restore"});
$("show").onchange = () => { $("charts").dataset.show = $("show").value; };
$("open").onsubmit = (event) => { event.preventDefault(); open($("recipe").value); };
$("copy").onclick = async () => {
  const link = `${location.href.split("?")[0]}?recipe=${view.recipe}`;
  try { await navigator.clipboard.writeText(link); $("said").textContent = "The link is copied."; }
  catch (error) { $("recipe").focus(); $("recipe").select(); $("said").textContent = "Copy the recipe from its field."; }
};
$("close").onclick = () => $("sheet").close();

let wanted = null;
$("day").oninput = async () => {  // while it is drawn only the last place asked for counts
  const idle = wanted === null;
  wanted = +$("day").value;
  playing = false;
  if (idle) while (wanted !== null) { const day = wanted; await act({do: "go", day}); if (day === wanted) wanted = null; }
};
document.addEventListener("input", (event) => { if (event.target.dataset.words) say(event.target); });
document.addEventListener("change", (event) => {
  const {field} = event.target.dataset;
  if (field) wish(field, +event.target.value);
  if (event.target.id === "asked") act({do: "interview", day: +event.target.value});
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.form !== "hands") return;
  event.preventDefault();
  act({do: "hands", hands: [...document.querySelectorAll("[data-hand]")].map((field) => +field.value)});
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.do) act({do: button.dataset.do});
  if (button.dataset.sheet) act({do: button.dataset.sheet, ...(button.dataset.lesson ? {lesson: button.dataset.lesson} : {})});
  if (button.dataset.recipe) { $("sheet").close(); open(button.dataset.recipe); }
  if (button.dataset.save) save(button);
  if (button.id === "make-links") links();
});
document.addEventListener("keydown", (event) => {
  const {key, target} = event;
  if (event.ctrlKey || event.altKey || event.metaKey || $("sheet").open || target.closest("input, select, textarea")) return;
  const does = {ArrowRight: () => act({do: "step"}), ArrowLeft: () => act({do: "back"}), Home: () => act({do: "go", day: 0}),
    End: () => act({do: "go", day: view.last}), "?": () => act({do: "help"}), " ": target.closest("button") ? null : play}[key];
  if (does) { event.preventDefault(); does(); }
});
open(new URLSearchParams(location.search).get("recipe") || "ordinary/42");
