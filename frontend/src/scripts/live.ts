// Live numbers: <div data-live-url="…" data-live-topic="message:12"> listens; each
// event's facts go into the elements that carry their name.
//   [data-live="sent"]        text, or the value of a <progress>
//   [data-live-max="total"]   the max of a <progress>
//   [data-live-watch="state"] with data-live-now="sending": when the fact differs,
//                             a line offers to load the page again; nothing moves by itself
// With data-live-ask="…" an event only says that something happened: the facts are
// fetched from there, once a second at most.
// Where the stream cannot be had, data-poll-url is asked every data-poll-seconds.
import { announce, build, each, find } from "./dom";
import { figure, word } from "./words";

type Facts = Record<string, string | number | boolean | null>;

export function live(root: ParentNode): void {
  each(root, "[data-live-url], [data-poll-url]", (scope) => {
    const { liveUrl } = scope.dataset;
    if (!liveUrl || !("EventSource" in window)) return poll(scope);
    const source = new EventSource(liveUrl);
    let failures = 0;
    const ask = asking(scope);
    const hear = (event: Event) => {
      failures = 0;
      if (ask) ask();
      else take(scope, (event as MessageEvent<string>).data);
    };
    // Events carry their topic as a name; those without one are "message".
    for (const topic of ["message", ...(scope.dataset.liveTopic ?? "").split(" ").filter(Boolean)])
      source.addEventListener(topic, hear);
    source.onopen = () => (failures = 0);
    source.onerror = () => {
      failures += 1;
      if (source.readyState === EventSource.CLOSED || failures > 5) {
        source.close();
        poll(scope);
      }
    };
    window.addEventListener("pagehide", () => source.close());
  });
}

/** Fetch the facts soon; however often this is called, once a second. */
function asking(scope: HTMLElement): (() => void) | null {
  const { liveAsk } = scope.dataset;
  if (!liveAsk) return null;
  let last = 0;
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    window.setTimeout(
      () => {
        waiting = false;
        last = Date.now();
        void fetched(scope, liveAsk);
      },
      Math.max(0, last + 1000 - Date.now()),
    );
  };
}

async function fetched(scope: HTMLElement, url: string): Promise<Response | null> {
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) take(scope, await answer.text());
  return answer;
}

function poll(scope: HTMLElement): void {
  const { pollUrl } = scope.dataset;
  if (!pollUrl) return;
  const wait = 1000 * (Number(scope.dataset.pollSeconds) || 5);
  const ask = async () => {
    if (!document.hidden) {
      const answer = await fetched(scope, pollUrl);
      if (answer && answer.status >= 400 && answer.status < 500) return;
    }
    window.setTimeout(() => void ask(), wait);
  };
  void ask();
}

function take(scope: HTMLElement, data: string): void {
  let told: unknown;
  try {
    told = JSON.parse(data);
  } catch {
    return; // not for us
  }
  if (typeof told !== "object" || told === null) return;
  const facts = ("facts" in told ? told.facts : told) as Facts;
  for (const [name, value] of Object.entries(facts)) put(scope, name, value);
}

function put(scope: HTMLElement, name: string, value: Facts[string]): void {
  const quoted = CSS.escape(name);
  for (const bar of scope.querySelectorAll<HTMLProgressElement>(`[data-live-max="${quoted}"]`))
    if (bar instanceof HTMLProgressElement) bar.max = Number(value) || 1;
    else write(bar, value);
  for (const element of scope.querySelectorAll<HTMLElement>(`[data-live="${quoted}"]`))
    if (element instanceof HTMLProgressElement) advance(element, Number(value));
    else write(element, value);
  for (const element of scope.querySelectorAll<HTMLElement>(`[data-live-watch="${quoted}"]`))
    if (String(value) !== element.dataset.liveNow) offer(element);
}

function write(element: HTMLElement, value: Facts[string]): void {
  const text = typeof value === "number" ? figure(value) : String(value ?? "");
  if (element.textContent !== text) element.textContent = text;
}

/** Move the bar; say so at each quarter and no oftener. */
function advance(bar: HTMLProgressElement, value: number): void {
  const quarter = (at: number) => Math.floor((4 * at) / (bar.max || 1));
  const before = quarter(bar.value);
  bar.value = value;
  if (quarter(value) > before)
    announce(word("percentDone", { count: Math.round((100 * value) / (bar.max || 1)) }));
  if (value >= bar.max) bar.closest(".bl-progress")?.classList.add("bl-progress--done");
}

function offer(element: HTMLElement): void {
  if (find(element, "a")) return;
  const again = build("a", { class: "govuk-link", href: location.href }, word("reload"));
  element.replaceChildren(build("p", {}, `${word("changed")} `, again));
  element.classList.add("bl-flash");
}
