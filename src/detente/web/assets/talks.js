// Talks: sits down to a play, sends moves as they are typed, and shows what the server says.

import { ask, marked } from "./ask.js";

const $ = (id) => document.getElementById(id);
const say = (words) => { $("status").textContent = words; };

async function trying(words, act) {
  say(words);
  document.body.setAttribute("aria-busy", "true");
  try { await act(); } catch (error) { say(error.code === "stale_version" ? `Conflict. ${error.message}` : error.message); }
  document.body.removeAttribute("aria-busy");
}

const begin = $("begin");
if (begin) {
  const { dispute, side, on } = begin.elements;
  const all = [...side.options];
  const show = () => {
    side.replaceChildren(...all.filter((option) => option.dataset.of === dispute.value));
    side.selectedIndex = 0;
    on.value = dispute.selectedOptions[0].dataset.on;
  };
  dispute.addEventListener("change", show);
  show();
  begin.addEventListener("submit", (event) => {
    event.preventDefault();
    trying("Preparing the table…", async () => {
      const setup = Object.fromEntries([...new FormData(begin)].filter(([, value]) => value !== ""));
      setup.days = Number(setup.days);
      setup.seed = Number(setup.seed);
      const answer = await ask("/api/v1/plays", setup);
      location.assign(`/talks/${answer.data.id}`);
    });
  });
}

const play = $("play");
if (play) {
  const path = `/api/v1/plays/${play.dataset.play}`;
  const version = () => Number(play.querySelector("[data-version]").dataset.version);

  async function show() {
    const open = [...play.querySelectorAll("details[open][id]")].map((d) => d.id);
    const response = await fetch(`/talks/${play.dataset.play}/part`);
    if (!response.ok) throw new Error("the play cannot be shown");
    play.innerHTML = await response.text();
    for (const id of open) if ($(id)) $(id).open = true;
  }

  const send = (words, to, body) => trying(words, async () => {
    await ask(`${path}/${to}`, { ...body, version: version() });
    await show();
    say(play.querySelector("[data-said]").dataset.said);
    ($("line") ?? play.querySelector("a"))?.focus();
  });

  play.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.id === "move") send("Moving…", "moves", { move: $("line").value });
    if (event.target.id === "package") weigh();
  });
  play.addEventListener("click", (event) => {
    const { line, make, pass, back } = event.target.dataset ?? {};
    if (line !== undefined) { $("line").value = line; $("line").focus(); say("In the box: change it, or make the move."); }
    if (make !== undefined) send("Moving…", "moves", { move: make });
    if (pass !== undefined) send("Waiting…", "moves", { move: `wait ${Math.max(1, Math.round(Number($("pass").value) || 1))}` });
    if (back !== undefined) send("Taking back…", "back", {});
  });

  const weigh = () => trying("Weighing…", async () => {
    const chosen = [...play.querySelectorAll("[data-issue]")].filter((s) => s.value && !s.disabled);
    if (!chosen.length) throw new Error("Everything is left as it is: choose something for one issue at least.");
    const response = await fetch(`/talks/${play.dataset.play}/weigh`, {
      method: "POST", headers: marked,
      body: JSON.stringify({ package: chosen.map((s) => `${s.dataset.issue}=${s.value}`).join(" ") }),
    });
    if (!response.ok) throw new Error("it cannot be weighed");
    $("weighed").innerHTML = await response.text();
    say("Weighed: see below the package.");
  });
}
document.documentElement.dataset.ready = "yes";
