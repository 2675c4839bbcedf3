// How pages send changes: as JSON, with the mark that tells that a page of this server sent them.

export const marked = {
  "content-type": "application/json",
  "x-csrf-token": document.querySelector('meta[name="csrf"]')?.content ?? "",
};

export async function ask(path, body, method = "POST") {
  const response = await fetch(path, {
    method, headers: body instanceof FormData ? { "x-csrf-token": marked["x-csrf-token"] } : marked,
    body: body instanceof FormData ? body : JSON.stringify(body ?? {}),
  });
  const answer = await response.json().catch(() => ({ error: { code: "unreadable", what: response.statusText, why: "the answer cannot be read", instead: "try again", where: path } }));
  if (!response.ok) {
    const { what, why, instead } = answer.error;
    const error = new Error(`${what}: ${why}. Instead: ${instead}`);
    error.code = answer.error.code;
    error.where = answer.error.where;
    throw error;
  }
  return answer;
}

document.querySelector("[data-sign-out]")?.addEventListener("click", async () => {
  await fetch("/sign-out", { method: "POST", headers: marked });
  location.assign("/sign-in");
});
