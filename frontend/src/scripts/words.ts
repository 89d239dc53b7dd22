// The page hands its words over, translated, in a block of data (kit/words.py).
type Fill = Record<string, string | number>;

let known: Record<string, string> | undefined;

export function word(name: string, fill: Fill = {}): string {
  known ??= JSON.parse(document.getElementById("bl-words")?.textContent || "{}") as Record<
    string,
    string
  >;
  const text = known[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (all, key: string) => {
    const value = fill[key];
    return value === undefined ? all : typeof value === "number" ? figure(value) : value;
  });
}

/** A number with its thousands apart, as the page's language writes it. */
export function figure(value: number): string {
  return value.toLocaleString(document.documentElement.lang || "en-GB");
}
