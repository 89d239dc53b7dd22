// Keyboard shortcuts: an element says its own with data-key ("n", "g a").
// They can be switched off, as WCAG 2.1.4 asks of single-letter shortcuts.
import { build, find } from "./dom";
import { word } from "./words";

const OFF = "bl-keys-off";
const PAUSE = 1200; // milliseconds in which the second key of two must follow

function elements(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(
    (element) => !element.closest("[hidden], dialog"),
  );
}

function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])"))
  );
}

function act(element: HTMLElement): void {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.focus();
  else element.click();
}

function name(element: HTMLElement): string {
  const labels = element instanceof HTMLInputElement ? element.labels : null;
  const own =
    element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? labels?.[0]?.textContent;
  return (own ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
}

function pressed(sequence: string): (Node | string)[] {
  return sequence
    .split(" ")
    .flatMap((key, at) => [...(at ? [` ${word("then")} `] : []), build("kbd", {}, key)]);
}

function fill(list: HTMLElement): void {
  const rows = elements().map((e): [string, string] => [e.dataset.key ?? "", name(e)]);
  rows.push(["?", word("keyHelp")]);
  list.replaceChildren(
    ...rows.flatMap(([key, label]) => [build("dt", {}, ...pressed(key)), build("dd", {}, label)]),
  );
}

export function keys(): void {
  const dialog = find<HTMLDialogElement>(document, "dialog[data-keys]");
  const list = dialog && find<HTMLElement>(dialog, ".bl-keys");
  if (!dialog || !list) return;
  const show = () => {
    fill(list);
    if (!dialog.open) dialog.showModal();
  };
  const opener = find<HTMLElement>(document, "[data-keys-open]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", show);
  }
  const on = find<HTMLInputElement>(dialog, "[data-keys-on]");
  if (on) {
    on.checked = !stored();
    on.addEventListener("change", () => store(!on.checked));
  }
  listen(show);
}

function stored(): boolean {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false; // storage is closed to us: shortcuts stay on
  }
}

function store(off: boolean): void {
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // nothing to keep it in
  }
}

function listen(show: () => void): void {
  let before = "";
  let timer: number | undefined;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key.length !== 1 || writing(event.target) || stored()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") return show();
    const sequence = before ? `${before} ${event.key}` : event.key;
    const wanted = elements();
    const hit = wanted.find((element) => element.dataset.key === sequence);
    window.clearTimeout(timer);
    before = "";
    if (hit) {
      event.preventDefault();
      act(hit);
    } else if (wanted.some((element) => element.dataset.key?.startsWith(`${event.key} `))) {
      before = event.key;
      timer = window.setTimeout(() => (before = ""), PAUSE);
    }
  });
}
