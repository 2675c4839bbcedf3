// Strategy: asks, watches how far a job is, cancels and resumes.

import { ask } from "./ask.js";

const say = (words) => { document.getElementById("status").textContent = words; };
const form = document.getElementById("ask");

if (form) {
  const kind = form.elements.kind;
  const show = () => {
    for (const part of form.querySelectorAll("[data-kind]")) part.hidden = !part.dataset.kind.split(" ").includes(kind.value);
  };
  kind.addEventListener("change", show);
  show();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = {};
    for (const part of form.querySelectorAll("[data-kind]:not([hidden])")) {
      for (const input of part.querySelectorAll("[name]")) {
        if (!input.value) continue;
        question[input.name] = input.name === "sides" ? input.value.split(",").map((s) => s.trim())
          : input.type === "number" ? Number(input.value) : input.value;
      }
    }
    try {
      const answer = await ask("/api/v1/jobs", { kind: kind.value, question });
      location.assign(`/strategy/${answer.data.id}`);
    } catch (error) { say(error.message); }
  });
}

// A play is stepped through: one move more at a time, or all of it.
function steps() {
  const told = document.querySelector("[data-told]");
  if (!told || told.previousElementSibling?.classList.contains("buttons")) return;
  const moves = [...told.children];
  const bar = document.createElement("p");
  bar.className = "buttons";
  const show = (count) => moves.forEach((move, n) => { move.hidden = n >= count; });
  const shown = () => moves.filter((move) => !move.hidden).length;
  for (const [words, count] of [["From the start", () => 1], ["Back", () => Math.max(1, shown() - 1)],
    ["Next", () => shown() + 1], ["All", () => moves.length]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => { show(count()); say(`${shown()} of ${moves.length} moves`); });
    bar.append(button);
  }
  told.before(bar);
}
steps();

const job = document.getElementById("job");
if (job) {
  const look = async () => {
    const response = await fetch(`/strategy/${job.dataset.job}/part`);
    if (response.ok) {
      job.innerHTML = await response.text();
      const state = job.querySelector("[data-state]").dataset.state;
      if (state !== job.dataset.state) say(`The job is ${state}.`);
      job.dataset.state = state;
      steps();
    }
    if (["queued", "running"].includes(job.dataset.state)) setTimeout(look, 1000);
  };
  job.addEventListener("submit", async (event) => {
    event.preventDefault();
    const offer = Object.fromEntries([...event.target.querySelectorAll("[data-issue]")].map((s) => [s.dataset.issue, s.value]));
    try {
      const answer = await ask("/api/v1/jobs", { kind: "term-sheet", question: { ...JSON.parse(job.dataset.question), offer } });
      location.assign(`/strategy/${answer.data.id}`);
    } catch (error) { say(error.message); }
  });
  job.addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    try { await ask(`/api/v1/jobs/${job.dataset.job}/${act}`); } catch (error) { say(error.message); }
    look();
  });
  if (["queued", "running"].includes(job.dataset.state)) setTimeout(look, 1000);
}
document.documentElement.dataset.ready = "yes";
