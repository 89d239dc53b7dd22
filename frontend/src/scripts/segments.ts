// How long a text is, and how many text messages it makes.
// GSM 03.38: 160 in one, 153 a part; any other character makes it UCS-2: 70, then 67.
import { each } from "./dom";
import { word } from "./words";

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const DOUBLE = new Set("^{}\\[~]|€\f");

export interface Measure {
  units: number;
  parts: number;
  foreign: string[];
}

export function measure(text: string): Measure {
  const foreign = [...new Set(text)].filter((c) => !BASIC.has(c) && !DOUBLE.has(c));
  if (foreign.length) {
    const units = text.length; // UTF-16 code units, as UCS-2 counts them
    return { units, foreign, parts: units <= 70 ? 1 : Math.ceil(units / 67) };
  }
  let units = 0;
  for (const c of text) units += DOUBLE.has(c) ? 2 : 1;
  return { units, foreign, parts: units <= 160 ? 1 : Math.ceil(units / 153) };
}

export function segments(root: ParentNode): void {
  each(root, "[data-segments-for]", (output) => {
    const box = document.getElementById(output.dataset.segmentsFor ?? "");
    if (!(box instanceof HTMLTextAreaElement || box instanceof HTMLInputElement)) return;
    const show = () => {
      const { units, parts, foreign } = measure(box.value);
      const words = [
        word("characters", { count: units }),
        parts === 1 ? word("segmentOne") : word("segments", { count: parts }),
      ];
      if (foreign.length) words.push(word("unicode", { list: foreign.slice(0, 5).join(" ") }));
      output.replaceChildren(
        ...words.map((text) => Object.assign(document.createElement("span"), { textContent: text })),
      );
      output.classList.toggle("bl-counter--over", parts > 6);
    };
    box.addEventListener("input", show);
    show();
  });
}
