// The What if page: keeps the scenarios, sends them when something is let go, shows what comes back.
// It computes nothing: every number on the page comes from the server.

import { marked } from "./ask.js";

const NAMES = ["A", "B", "C", "D"];
const SETTINGS = ["start", "model", "closure", "revenue_use", "elasticities", "theta_scale"];
const PLAIN = { start: "today", model: "input-output", closure: "fixed_to_world_income",
  revenue_use: "rebated", elasticities: null, theta_scale: 1 };
const $ = (id) => document.getElementById(id);
const state = JSON.parse($("state").textContent);
let selected = 0;
let asking = null;
let later = 0;

// ---- scenarios and the controls that show the selected one

const current = () => state.scenarios[selected];
const isLever = (change) => change.instrument === "import_duty" && typeof change.scope !== "object"
  && !change.controller && levers().has(leverKey(change));
const leverKey = (change) => `${change.importer}:${change.exporter}:${change.scope || "all"}`;
const levers = () => leverSet;
const leverSet = new Set([...document.querySelectorAll("[data-lever]")].map((e) => e.dataset.lever));

function show() {
  tabs();
  const scenario = current();
  $("name").value = scenario.name || NAMES[selected];
  for (const field of SETTINGS) $(field).value = scenario[field] ?? PLAIN[field] ?? "";
  if (!$("start").value) { scenario.start = "today"; $("start").value = "today"; }
  for (const key of leverSet) setLever(key, 0);
  $("rows").replaceChildren();
  for (const change of scenario.changes) {
    if (isLever(change)) setLever(leverKey(change), change.value);
    else addRow(change);
  }
}

function setLever(key, value) {
  const range = document.querySelector(`[data-range="${key}"]`);
  const number = document.querySelector(`[data-number="${key}"]`);
  range.value = value;
  number.value = value;
  range.closest(".lever").classList.toggle("moved", Number(value) !== 0);
}

function tabs() {
  $("tabs").replaceChildren(...state.scenarios.map((scenario, n) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "scenario";
    radio.checked = n === selected;
    radio.addEventListener("change", () => { selected = n; show(); send(); document.querySelector(`#tabs input:checked`).focus(); });
    label.append(radio, document.createTextNode(scenario.name || NAMES[n]));
    return label;
  }));
  $("copy").disabled = state.scenarios.length >= NAMES.length;
  $("remove").disabled = state.scenarios.length < 2;
}

function addRow(change) {
  const row = $("row").content.firstElementChild.cloneNode(true);
  for (const input of row.querySelectorAll("[data-field]")) {
    const value = change[input.dataset.field];
    const words = Array.isArray(value) ? value.join(",") : value ?? (input.dataset.field === "unit" ? unitOf(change.instrument) : "");
    if (input.tagName === "SELECT" && words && ![...input.options].some((o) => o.value === String(words))) {
      input.append(new Option(words, words));
    }
    input.value = input.dataset.field === "unit" && (words === "points" || words === "percent") ? "percent_of_value" : words;
  }
  row.querySelector("[data-drop]").addEventListener("click", () => { row.remove(); changed(); $("rows").closest("fieldset").querySelector("button[data-add]").focus(); });
  row.querySelector('[data-field="instrument"]').addEventListener("change", (event) => {
    row.querySelector('[data-field="unit"]').value = unitOf(event.target.value);
  });
  $("rows").append(row);
  return row;
}

const unitOf = (instrument) => ["quantity_limit", "quantity_floor", "exemption_share"].includes(instrument) ? "share" : "percent_of_value";

function read() {
  const scenario = current();
  scenario.name = $("name").value.trim() || NAMES[selected];
  for (const field of SETTINGS) {
    const value = $(field).value;
    scenario[field] = field === "theta_scale" ? Number(value) || 1 : value || PLAIN[field];
  }
  const changes = [];
  for (const key of leverSet) {
    const value = Number(document.querySelector(`[data-number="${key}"]`).value);
    if (value) {
      const [importer, exporter, scope] = key.split(":");
      changes.push({ instrument: "import_duty", importer, exporter, scope, value, unit: "percent_of_value" });
    }
  }
  for (const row of $("rows").children) {
    const change = {};
    for (const input of row.querySelectorAll("[data-field]")) {
      if (input.value !== "") change[input.dataset.field] = input.dataset.field === "value" ? Number(input.value) : input.value;
    }
    if ("value" in change && Number.isFinite(change.value)) {
      for (const field of ["importer", "exporter", "scope"]) {
        if (change[field]?.includes(",")) change[field] = change[field].split(",").map((s) => s.trim());
      }
      changes.push(change);
    }
  }
  scenario.changes = changes;
}

// ---- asking

function changed() {
  read();
  tabs();
  clearTimeout(later);
  later = setTimeout(send, 60);
}

async function send() {
  clearTimeout(later);
  asking?.abort();
  asking = new AbortController();
  const began = performance.now();
  $("results").setAttribute("aria-busy", "true");
  try {
    await put(false, asking.signal);
    document.documentElement.dataset.milliseconds = String(Math.round(performance.now() - began));
    later = setTimeout(() => widen(asking), 500);
  } catch (error) {
    if (error.name !== "AbortError") say(`Not computed: ${error.message}`);
  }
}

async function widen(mine) {
  if (mine.signal.aborted) return;
  try {
    await put(true, mine.signal);
    document.documentElement.dataset.ranged = "yes";
  } catch (error) {
    if (error.name !== "AbortError") say(`The range was not computed: ${error.message}`);
  }
}

async function put(range, signal) {
  const response = await fetch("/what-if/results", {
    method: "POST", signal, headers: marked,
    body: JSON.stringify({ ...state, selected, range }),
  });
  if (!response.ok) {
    const found = await response.json().catch(() => null);
    throw new Error(found ? `${found.error.what}: ${found.error.why}. Instead: ${found.error.instead}` : response.statusText);
  }
  const html = await response.text();
  const results = $("results");
  const open = [...results.querySelectorAll("details[open][id]")].map((d) => d.id);
  const focused = results.contains(document.activeElement) ? document.activeElement.id : "";
  results.innerHTML = html;
  for (const id of open) if ($(id)) $(id).open = true;
  if (focused) $(focused)?.focus();
  results.removeAttribute("aria-busy");
  after(range);
}

function after(range) {
  const found = document.querySelector("#results script.duties");
  if (found) duties(JSON.parse(found.textContent));
  const link = document.querySelector('#results a[href^="/what-if?"]');
  if (link) history.replaceState(null, "", link.getAttribute("href"));
  const words = [...document.querySelectorAll("#results [data-income]")]
    .filter((_, n, all) => n % (all.length / 2) === 0)
    .map((cell) => `${cell.closest("tbody").querySelector("th").textContent.trim()} ${cell.firstChild.textContent.trim()} percent`);
  if (!range && words.length) say(`Real income, first scenario: ${words.join(", ")}.`);
}

function duties(found) {
  for (const [key, direction] of Object.entries(found)) {
    const [importer, exporter] = key.split("_on_");
    const average = document.querySelector(`[data-average="${importer}:${exporter}"]`);
    if (average) average.textContent = rates(direction);
    for (const [sector, rate] of Object.entries(direction.sectors)) {
      const now = document.querySelector(`[data-now="${importer}:${exporter}:${sector}"]`);
      if (now) now.textContent = rates(rate);
    }
  }
}

const one = (value) => value === null ? "none" : value.toFixed(1);
const rates = (rate) => Math.abs((rate.changed_percent ?? 0) - (rate.day_percent ?? 0)) < 0.05
  ? `${one(rate.day_percent)}\u00a0%` : `${one(rate.day_percent)}\u00a0→\u00a0${one(rate.changed_percent)}\u00a0%`;

function say(words) { $("status").textContent = words; }

// ---- what people do

$("controls").addEventListener("submit", (event) => event.preventDefault());
$("controls").addEventListener("change", (event) => {
  if (["dispute", "on", "assume"].includes(event.target.id)) visit();
});

function visit() {
  if (state.scenarios.length) read();
  const words = new URLSearchParams();
  words.set("dispute", $("dispute").value);
  if ($("dispute").value === state.dispute && $("on").value) words.set("on", $("on").value);
  if ($("assume").value) words.set("assume", $("assume").value);
  if ($("dispute").value === state.dispute) {
    const link = document.querySelector('#results a[href^="/what-if?"]');
    const old = new URLSearchParams(link ? link.getAttribute("href").split("?")[1] : location.search);
    for (const s of old.getAll("s")) words.append("s", s);
  }
  location.assign(`/what-if?${words}`);
}

function listen() {
  $("controls").addEventListener("input", (event) => {
    const key = event.target.dataset?.range;
    if (key) setLever(key, event.target.value);
  });
  $("controls").addEventListener("change", (event) => {
    if (event.target.name === "scenario" || ["dispute", "on", "assume"].includes(event.target.id)) return;
    const key = event.target.dataset?.number;
    if (key) setLever(key, Number(event.target.value) || 0);
    changed();
  });
  $("copy").addEventListener("click", () => {
    read();
    const fresh = structuredClone(current());
    fresh.name = NAMES.find((n) => !state.scenarios.some((s) => s.name === n)) ?? NAMES[state.scenarios.length];
    state.scenarios.push(fresh);
    selected = state.scenarios.length - 1;
    show();
    send();
  });
  $("remove").addEventListener("click", () => { state.scenarios.splice(selected, 1); selected = Math.max(0, selected - 1); show(); send(); });
  $("clear").addEventListener("click", () => { current().changes = []; current().start = "today"; show(); send(); });

  const [first, second] = (document.querySelector("[data-average]")?.dataset.average ?? "USA:CHN").split(":");
  const PRESETS = {
    lapse: (s) => { s.start = "lapse"; },
    all: (s) => { s.start = "base"; },
    deal: (s) => {
      s.start = "today";
      s.changes.push(...[[first, second], [second, first]].map(([importer, exporter]) => (
        { instrument: "exemption_share", importer, exporter, scope: "all", value: 0.5, unit: "share" })));
    },
  };
  for (const button of document.querySelectorAll("[data-preset]")) {
    button.addEventListener("click", () => { read(); PRESETS[button.dataset.preset](current()); show(); send(); });
  }
  const ADDED = {
    control: { instrument: "quantity_limit", importer: first, exporter: second, scope: "C26", value: 0.5, unit: "share" },
    ban: { instrument: "quantity_limit", importer: first, exporter: second, scope: "C29", value: 0, unit: "share", controller: first },
    cost: { instrument: "non_tariff_cost", importer: first, exporter: second, scope: "C26", value: 10, unit: "percent_of_value" },
    purchase: { instrument: "quantity_floor", importer: second, exporter: first, scope: "all", value: 200000, unit: "usd_million" },
    third: { instrument: "import_duty", importer: "EUN", exporter: second, scope: "all", value: 10, unit: "percent_of_value" },
    subsidy: { instrument: "subsidy", importer: "ALL", exporter: second, scope: "C29", value: 5, unit: "percent_of_value" },
  };
  for (const button of document.querySelectorAll("[data-add]")) {
    button.addEventListener("click", () => {
      addRow(ADDED[button.dataset.add]).querySelector("select").focus();
      changed();
    });
  }
}

// ---- pictures: the server's SVG, drawn on a canvas

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-png]");
  if (!button) return;
  const response = await fetch(button.dataset.png);
  if (!response.ok) return say("The picture was not drawn.");
  const address = URL.createObjectURL(new Blob([await response.text()], { type: "image/svg+xml" }));
  const picture = new Image();
  await new Promise((done, failed) => { picture.onload = done; picture.onerror = failed; picture.src = address; });
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth * 2;
  canvas.height = picture.naturalHeight * 2;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `detente-${button.dataset.name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
});

async function estimates() {
  const response = await fetch(`/what-if/estimates?on=${encodeURIComponent(state.on)}`);
  $("estimates").innerHTML = response.ok ? await response.text() : '<p class="none">Not computed.</p>';
}

if (state.scenarios.length) {  // none where the day itself has a problem
  listen();
  show();
  after(false);
  asking = new AbortController();
  later = setTimeout(async () => { await widen(asking); estimates(); }, 300);
}
document.documentElement.dataset.ready = "yes";
