// The Today page: the slider and the two boxes ask the server and put its answer in place.

import { marked } from "./ask.js";

const $ = (id) => document.getElementById(id);
const slider = $("slider");
const steps = slider.dataset.steps.split(",").filter(Boolean).map(Number);
const format = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
let asking = null;

const dayOf = (offset) => new Date(Date.parse(`${slider.dataset.first}T00:00:00Z`) + offset * 86400000);
const iso = (day) => day.toISOString().slice(0, 10);

function label() {
  const words = format.format(dayOf(Number(slider.value)));
  $("sliding").textContent = words;
  slider.setAttribute("aria-valuetext", words);
}

function question() {
  const words = new URLSearchParams();
  for (const id of ["dispute", "on", "known_by", "since", "assume"]) if ($(id).value) words.set(id, $(id).value);
  return words;
}

async function show() {
  asking?.abort();
  asking = new AbortController();
  const began = performance.now();
  const words = question();
  $("part").setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`/today/part?${words}`, { signal: asking.signal });
    const open = [...$("part").querySelectorAll("details")].map((d) => d.open);
    if (response.ok) $("part").innerHTML = await response.text();
    else { const found = await response.json(); throw new Error(`${found.error.what}: ${found.error.why}`); }
    [...$("part").querySelectorAll("details")].forEach((d, n) => { d.open = open[n] ?? false; });
    $("shown-day").textContent = format.format(new Date(`${$("on").value}T00:00:00Z`));
    history.replaceState(null, "", `/today?${words}`);
    document.documentElement.dataset.milliseconds = String(Math.round(performance.now() - began));
    $("status").textContent = `Shown: ${$("shown-day").textContent}`;
    $("part").removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") $("status").textContent = `Not shown: ${error.message}`;
  }
}

function move(offset) {
  slider.value = offset;
  label();
  $("on").value = iso(dayOf(Number(slider.value)));
  show();
}

slider.addEventListener("input", label);
slider.addEventListener("change", () => move(slider.value));
$("before").addEventListener("click", () => move(steps.filter((s) => s < Number(slider.value)).at(-1) ?? 0));
$("after").addEventListener("click", () => move(steps.find((s) => s > Number(slider.value)) ?? slider.max));
$("days").addEventListener("submit", (event) => {
  event.preventDefault();
  const at = Math.round((Date.parse(`${$("on").value}T00:00:00Z`) - Date.parse(`${slider.dataset.first}T00:00:00Z`)) / 86400000);
  slider.value = at;
  label();
  show();
});
$("dispute").addEventListener("change", () => location.assign(`/today?dispute=${encodeURIComponent($("dispute").value)}`));

$("rate").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = question();
  for (const [key, value] of new FormData(event.target)) words.set(key, value);
  const response = await fetch(`/today/rate?${words}`);
  $("rate-answer").innerHTML = response.ok ? await response.text() : '<p class="stale">Not understood.</p>';
});

$("csv-file").addEventListener("change", async () => {
  const file = $("csv-file").files[0];
  if (!file) return;
  if (file.size > 400000) $("box-answer").innerHTML = '<p class="stale">The file is larger than 400 kB.</p>';
  else $("csv").value = await file.text();
});

$("box").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { ...Object.fromEntries(question()), csv: $("csv").value, importer: $("box-importer").value };
  const response = await fetch("/today/portfolio", {
    method: "POST", headers: marked, body: JSON.stringify(body),
  });
  $("box-answer").innerHTML = response.ok ? await response.text() : '<p class="stale">Not understood.</p>';
});

document.documentElement.dataset.ready = "yes";
