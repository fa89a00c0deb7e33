// The page asks, shows what comes back, moves the day line, and listens to keys; all else is decided by the server.
"use strict";
const $ = (id) => document.getElementById(id);
const view = {recipe: "", day: 0, last: 1};
let session = null, playing = false, running = false, epoch = 0, drawing = false, drawn = -1;
let line = Promise.resolve();  // what is asked for is asked one after the other
let undone = [];  // what no answer came to: it is done before whatever is asked for next
const COUNTED = ["step", "back", "play", "pairs"];  // done twice these would be too much, so only whoever asked asks again

const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const part = (recipe, place) => recipe.split("/")[place];

async function post(where, body) {  // what the server tells, or the file it gives
  const answer = await fetch(where, {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({session, ...body}), signal: AbortSignal.timeout(120000)});
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.headers.get("Content-Type").startsWith("application/json") ? answer.json() : answer.blob();
}

async function tell(where, body) {  // the same, also from a place that was given on: it is set up again first
  const told = await post(where, body);
  if (!told.gone) return told;
  stopAll();
  const anew = await settle();
  if (anew.refusal) return anew;
  if (COUNTED.includes(body.do)) return {...anew, said: `${told.gone} Press again what you pressed last.`};
  show({...anew, said: told.gone});
  const again = await post(where, body);
  if (again.gone) return {refusal: "Too many are here at the same time. Do again what you did last."};
  for (const word of ["said", "refusal"]) if (word in again) again[word] = `${told.gone} ${again[word]}`.trim();
  return again;
}

async function settle() {  // a place as the last one was: the recipe has all of it but what the class guesses
  const {recipe, hands} = view.guess ?? view;
  let anew = await post("open", {recipe});
  if (anew.refusal) return anew;
  const mine = {session: anew.session}, guess = view.guessing ? {do: "guess", wanted: true} : hands && {do: "hands", hands};
  if (guess) anew = {...anew, ...await post("do", {...guess, ...mine})};
  return recipe === view.recipe ? anew : post("open", {recipe: view.recipe, ...mine});
}

function gone(error, outcome) {  // what is shown stays
  stopAll();
  const bar = $("gone");
  const told = /^\d+$/.test(error.message) ? `It answered with ${error.message}.` : "It cannot be reached.";
  bar.textContent = `The server does not answer as it should. ${told} What is shown stays; the recipe below gives it back. ${outcome}`;
  if ($("sheet").open) quietly(bar.textContent);
  const again = document.createElement("button");
  again.textContent = "Try again";
  again.onclick = () => act(undone.length ? null : {do: "look"});
  bar.append(again);
  bar.hidden = false;
}

function stopAll() { playing = running = false; buttons(); }

const quietly = (text, where = $("sheet").open ? "sheet-said" : "said") => { $(where).textContent = text; };

function waiting(text) {  // a sign of life while an answer takes its time, and what takes it away again
  const where = $("sheet").open ? "sheet-said" : "said";
  const late = setTimeout(() => quietly(text, where), 400);
  return () => { clearTimeout(late); if ($(where).textContent === text) quietly("", where); };
}

async function slowly(text, where, body) {
  const arrived = text ? waiting(text) : () => {};
  try { return await tell(where, body); } finally { arrived(); }
}

const sign = (body) => ["play", "pairs"].includes(body.do) ? "" : body.lesson ? "The note is being written …" : "One moment …";

async function answer(body) {
  const opens = "recipe" in body, told = await slowly(sign(body), opens ? "open" : "do", body);
  if (!opens || !told.refusal || session) return told;
  history.replaceState(null, "", "?");  // there is nothing yet to be shown on
  return {...await post("open", {recipe: "ordinary"}), refusal: told.refusal};
}

async function ask(wanted) {  // something to do, or what gives it when its turn has come
  if (wanted) undone.push(wanted);
  let told = null, body = null;
  try {
    while (undone.length) {
      body = typeof undone[0] === "function" ? undone[0]() : undone[0];
      told = body && await answer(body);
      undone.shift();
      if (!body) continue;
      granted(body);
      $("gone").hidden = true;
      show(told);
    }
    return told;
  } catch (error) {
    if (/^\d+$/.test(error.message) && !/^50[234]$/.test(error.message)) {  // an answer, and not from something in between
      undone.shift();
      granted(body);
      if (view.setting_now) fields();
      gone(error, "What was asked for last has not been done.");
      return null;
    }
    undone = undone.map((one) => COUNTED.includes(one.do) ? {do: "look"} : one)
      .filter((one, place, all) => !one.do || one.do !== all[place + 1]?.do);
    gone(error, undone.every((one) => one.do === "look") ? "What you pressed last may not have been done."
      : "What you asked for last will be done when it answers again.");
    return null;
  }
}

const act = (wanted) => (line = line.then(() => ask(wanted)).then(async (told) => { await painted(); return told; }));

function open(recipe) {  // a recipe, or what gives it when its turn has come
  stopAll();
  return act(typeof recipe === "function" ? () => ({recipe: recipe()}) : {recipe});
}

function show(told, refusal = told.refusal) {
  if (told.session) session = told.session;
  if (told.sheet) sheet(told.title, told.sheet);
  if ("links" in told && $("links")) { $("links").value = told.links; $("links-said").textContent = told.links_said; }
  for (const name of ["account", "cards", "apart", "charts", "line", "setting", "results"]) if (name in told) put(name, told[name]);
  // while days are played, what was said of a slider stays to be read
  if (refusal || told.said || ("said" in told && !playing)) quietly(refusal || told.said, refusal ? undefined : "said");
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

const wishes = {};  // settings that are wanted but not granted yet: the latest counts, and no answer overrules it
function wish(field, value) {
  wishes[field] = value;
  act(() => field in wishes ? {do: "change", field, value: wishes[field]} : null);
}
function granted({field, value}) { if (field && wishes[field] === value) delete wishes[field]; }

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
  if ($("asked")) $("asked").value = $("asked").defaultValue;
  $("whose").hidden = !view.against;
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
  chosen();
}
const chosen = () => { $("charts").dataset.show = $("show").value; };

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
    const told = await post("do", {do: "charts"});
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
    if (!told || told.refusal || told.pairs >= $("progress").max) running = false;
  }
  buttons();
}

function say(slider, value = +slider.value) {  // the number as scenario files have it, also one between two steps
  const word = slider.dataset.words.split("|").map((one) => one.split(":")).filter(([least]) => value >= +least).pop()[1];
  slider.setAttribute("aria-valuetext", `${value} ${word}`);
  slider.nextElementSibling.textContent = `${value} ${word}`;
}

let typed = {};  // for a handout, until another scenario or lesson is looked at
const about = () => view.recipe.split("/").filter((one, place) => !place || one.startsWith("lesson:")).join("/");
const named = () => [...document.querySelectorAll("form.handout [name]")].filter((one) => one.type !== "checkbox");

function sheet(title, html) {
  const focused = document.activeElement.id;
  $("sheet-is").textContent = title;
  $("content").innerHTML = html;
  if (typed.about === about()) for (const one of named()) one.value = typed[one.name];
  quietly("", "sheet-said");
  if (!$("sheet").open) $("sheet").showModal();
  else if (focused) $(focused)?.focus();
  $("content").scrollTop = $("sheet").scrollTop = 0;
}

function save(button) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  const form = button.closest("form"), {name, as} = button.dataset, body = {what: button.dataset.save};
  if (form) for (const field of form.elements) if (field.name)
    body[field.name] = field.type === "checkbox" ? field.checked : field.value;
  line = line.then(() => written(name, as, body)).finally(() => { button.ariaBusy = null; });
}

async function written(name, as, body) {
  await ask();
  if (undone.length) { quietly(`The server cannot be reached. ${name} has not been written.`); return; }
  let file;
  try {
    file = await slowly(`${name} is being written …`, "save", body);
  } catch (error) { gone(error, `${name} has not been written.`); return; }
  $("gone").hidden = true;
  if (file.refusal) { quietly(file.refusal); return; }
  try {
    if (as === "png") file = await png(await file.text());
  } catch (error) { quietly(`${name} cannot be drawn here. Save the SVG.`); return; }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  quietly(`${name} has been written.`);
}

function png(svg) {  // three times as large, for slides
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 3 * image.width; canvas.height = 3 * image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => blob ? done(blob) : failed(), "image/png");
    };
    image.onerror = failed;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
}

async function links() {  // the same session for everybody, each with a luck of their own
  const told = await act({do: "links", students: +$("students").value, page: location.href.split("?")[0]});
  if (told?.refusal && $("links")) { $("links").value = ""; $("links-said").textContent = told.refusal; }
}

// of another pair or luck the same day is shown, its evening: how much happens on it is another thing
const change = (where, value) => open(() => where(view.recipe.split("/").map((p) => p.replace(/^(d\d+)\.\d+$/, "$1")), value).join("/"));
const beginning = (parts) => parts.filter((one) => !/^(d\d|p\d)/.test(one));
$("scenario").onchange = () => change((parts, value) => [value, ...beginning(parts).slice(1).filter((p) => !/^(vs|lesson):/.test(p))], $("scenario").value);
$("pair").onchange = () => change((parts, value) => [...parts.slice(0, 2), `p${value}`, ...parts.slice(2).filter((p) => !/^p\d/.test(p))], $("pair").value);
$("luck").onchange = () => change((parts, value) => [parts[0], value.trim(), ...parts.slice(2)], $("luck").value);
$("luck").onblur = () => line.then(fields);
$("new-luck").onclick = () => change((parts, value) => [parts[0], value, ...parts.slice(2)], `${1 + Math.floor(Math.random() * 9999)}`);
$("against").onchange = () => {
  const other = $("against").value;
  open(() => {
    const parts = view.recipe.split("/").filter((one) => !one.startsWith("vs:"));
    return [...parts, ...(other ? [`vs:${other === "=" ? parts[0] : other}`] : [])].join("/");
  });
};
$("again").onclick = () => change((parts) => parts.filter((one) => !/^d\d+$/.test(one)));
$("guess").onclick = () => act({do: "guess", wanted: !view.guessing});
$("large").onclick = () => $("large").setAttribute("aria-pressed", document.documentElement.classList.toggle("large"));
$("play").onclick = play;
$("run").onclick = run;
$("stop").onclick = () => { running = false; buttons(); };
$("restore").onclick = () => act({do: "restore"});
$("show").onchange = chosen;
$("open").onsubmit = (event) => { event.preventDefault(); open($("recipe").value); };
$("copy").onclick = async () => {
  const link = `${location.href.split("?")[0]}?recipe=${view.recipe}`;
  try { await navigator.clipboard.writeText(link); quietly("The link is copied."); }
  catch (error) { $("recipe").focus(); $("recipe").select(); quietly("Copy the recipe from its field."); }
};
$("close").onclick = () => $("sheet").close();

let wanted = null;
$("day").oninput = async () => {  // while it is drawn only the last place asked for counts
  const idle = wanted === null;
  wanted = +$("day").value;
  playing = false;
  if (idle) while (wanted !== null) { const day = wanted; await act({do: "go", day}); if (day === wanted) wanted = null; }
};
document.addEventListener("input", ({target}) => {
  if (target.dataset.words) say(target);
  if (target.closest("form.handout")) typed = {about: about(), ...Object.fromEntries(named().map((one) => [one.name, one.value]))};
});
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
