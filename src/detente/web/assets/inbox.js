// The Inbox: sends files, decisions and news by hand, and shows what the server says.

import { ask } from "./ask.js";

const say = (words) => { document.getElementById("status").textContent = words; };

async function trying(words, act) {
  say(words);
  try { await act(); } catch (error) { say(error.code === "stale_version" ? `Conflict. ${error.message}` : error.message); }
}

const upload = document.getElementById("upload");
if (upload) {
  const send = (files) => trying("Reading…", async () => {
    const form = new FormData(upload);
    if (files) { form.delete("files"); for (const file of files) form.append("files", file); }
    const size = form.getAll("files").reduce((sum, file) => sum + (file.size ?? 0), 0);
    if (size > 20e6) throw new Error("The files have more than 20 MB together.");
    form.set("dispute", upload.dataset.dispute);
    const answer = await ask("/api/v1/inbox/readings", form);
    location.assign(`/inbox/${answer.data.id}`);
  });
  upload.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  upload.addEventListener("dragover", (event) => { event.preventDefault(); upload.classList.add("over"); });
  upload.addEventListener("dragleave", () => upload.classList.remove("over"));
  upload.addEventListener("drop", (event) => { event.preventDefault(); upload.classList.remove("over"); send(event.dataTransfer.files); });
}

for (const section of document.querySelectorAll("[data-proposal]")) {
  for (const button of section.querySelectorAll("[data-decide]")) {
    button.addEventListener("click", () => trying("Deciding…", async () => {
      const fields = {};
      for (const line of section.querySelector("[data-fields]").value.split("\n")) {
        const at = line.indexOf(":");
        if (at > 0) fields[line.slice(0, at).trim()] = line.slice(at + 1).trim();
      }
      const accept = button.dataset.decide === "accept";
      const answer = await ask(`/api/v1/inbox/readings/${section.dataset.reading}/decisions`,
        { proposal: section.dataset.proposal, accept, fields: accept ? fields : {} });
      const tag = document.createElement("p");
      tag.textContent = accept ? `Accepted: ${answer.data.written.map((w) => w.entry).join(", ")}` : "Rejected";
      section.querySelector(".buttons").replaceWith(tag);
      section.querySelector("details")?.remove();
      say(tag.textContent);
    }));
  }
}

const hand = document.getElementById("hand");
if (hand) {
  const kind = hand.elements.kind;
  const show = () => {
    for (const part of hand.querySelectorAll("[data-kind]")) part.disabled = part.hidden = part.dataset.kind !== kind.value;
  };
  kind.addEventListener("change", show);
  show();
  // What is wrong stands at its field; all that was filled in stays.
  const mark = (name, words) => {
    for (const old of hand.querySelectorAll("[aria-invalid]")) { old.removeAttribute("aria-invalid"); old.removeAttribute("aria-describedby"); }
    hand.querySelector("#h-problem")?.remove();
    const input = [...hand.elements].find((one) => one.name === name && !one.closest("fieldset:disabled"));
    if (!input) return false;
    const problem = document.createElement("span");
    problem.id = "h-problem";
    problem.className = "problem";
    problem.textContent = words;
    input.after(problem);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "h-problem");
    input.focus();
    return true;
  };
  hand.addEventListener("submit", (event) => {
    event.preventDefault();
    trying("Adding…", async () => {
      const filled = new FormData(hand);
      const fields = Object.fromEntries([...new Set(filled.keys())].filter((name) => name !== "kind").map((name) => [name, filled.getAll(name).join("\n")]));
      mark("");
      try {
        const answer = await ask("/api/v1/news", { kind: kind.value, fields, dispute: hand.dataset.dispute });
        location.assign(`/record/${encodeURIComponent(hand.dataset.dispute)}/${answer.data.entry}`);
      } catch (error) {
        throw mark(error.where, error.message) ? new Error("Nothing is added yet: see the field that is marked.") : error;
      }
    });
  });
}

const make = document.getElementById("make");
if (make) {
  const source = make.elements.source;
  const sides = make.querySelector("[data-parties]");
  const show = () => { sides.hidden = source.value !== ""; };
  source.addEventListener("change", show);
  show();
  make.addEventListener("submit", (event) => {
    event.preventDefault();
    trying("Making the folder…", async () => {
      const parties = source.value ? [] : [...make.querySelectorAll("[name=party]")].map((side) => side.value);
      const answer = await ask("/api/v1/disputes", { name: make.elements.name.value, source: source.value || null, parties });
      location.assign(`/inbox?dispute=${encodeURIComponent(answer.data.name)}`);
    });
  });
}

for (const button of document.querySelectorAll("[data-undo]")) {
  button.addEventListener("click", () => trying("Undoing…", async () => {
    await ask(`/api/v1/history/${button.dataset.undo}/undo?dispute=${encodeURIComponent(document.querySelector("[data-dispute]").dataset.dispute)}`);
    location.reload();
  }));
}
document.documentElement.dataset.ready = "yes";
