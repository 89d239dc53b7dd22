// Warns before the session ends, and lets it be kept.
import { find } from "./dom";
import { word } from "./words";

const WARN = 120; // seconds before the end

export function session(): void {
  const { sessionSeconds, sessionStay, sessionEnded } = document.body.dataset;
  const dialog = find<HTMLDialogElement>(document, "dialog[data-session]");
  const seconds = Number(sessionSeconds);
  if (!dialog || !seconds || !sessionStay) return;
  const left = find<HTMLElement>(dialog, "[data-session-left]");
  let ends = Date.now() + seconds * 1000;
  const prolong = () => (ends = Date.now() + seconds * 1000);
  // Whatever goes to the server keeps the session: ours and htmx's requests alike.
  document.addEventListener("bl:request", prolong);
  document.addEventListener("htmx:afterRequest", prolong);
  find(dialog, "[data-session-keep]")?.addEventListener("click", async () => {
    const headers = { "X-CSRFToken": document.body.dataset.csrf ?? "" };
    const answer = await fetch(sessionStay, { method: "POST", headers }).catch(() => null);
    if (!answer?.ok) return;
    prolong();
    dialog.close();
  });
  window.setInterval(() => {
    const rest = Math.ceil((ends - Date.now()) / 1000);
    if (rest <= 0) location.assign(sessionEnded || location.href);
    else if (rest <= WARN) {
      if (!dialog.open) dialog.showModal();
      // Said by the dialog's description once, then only each half minute.
      if (left && (rest % 30 === 0 || !left.textContent)) left.textContent = word("secondsLeft", { count: rest });
    } else if (dialog.open) dialog.close();
  }, 1000);
}
