// Builds styles and scripts into the kit's static folder, or where $DIST says:
//   public.css, public.js    the public's pages
//   officer.css, officer.js  the console
//   map.css, chunks/*        loaded only by a page that has a map
// Names are plain; the web server's manifest adds the hash.
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.env.DIST ?? join(here, "../src/bluelamp/kit/static/bluelamp/dist");
const modules = join(here, "node_modules");
const typeface = join(modules, "@fontsource/atkinson-hyperlegible-next");
const imageFolders = [
  join(modules, "@ministryofjustice/frontend/moj/assets/images"),
  join(modules, "govuk-frontend/dist/govuk/assets/images"),
  join(modules, "leaflet/dist/images"),
];

async function style(name) {
  const made = sass.compile(join(here, `src/styles/${name}.scss`), {
    style: "compressed",
    loadPaths: [here],
    quietDeps: true,
    silenceDeprecations: ["if-function"],
  });
  const least = await esbuild.transform(made.css, {
    loader: "css",
    minify: true,
    target: ["chrome70", "firefox70", "safari13"],
  });
  await writeFile(join(out, `${name}.css`), least.code);
  return least.code;
}

// Only the pictures that a stylesheet names are copied.
async function images(css) {
  const named = new Set([...css.matchAll(/url\(["']?images\/([\w.-]+)["']?\)/g)].map((m) => m[1]));
  await mkdir(join(out, "images"), { recursive: true });
  for (const name of named) {
    const found = await Promise.any(
      imageFolders.map((folder) => stat(join(folder, name)).then(() => join(folder, name))),
    );
    await cp(found, join(out, "images", name));
  }
}

async function typefaces() {
  await mkdir(join(out, "fonts"), { recursive: true });
  for (const set of ["latin", "latin-ext"])
    for (const weight of [400, 700]) {
      const name = `atkinson-hyperlegible-next-${set}-${weight}-normal.woff2`;
      await cp(join(typeface, "files", name), join(out, "fonts", name));
    }
  await cp(join(typeface, "LICENSE"), join(out, "fonts", "LICENSE"));
}

async function scripts() {
  await esbuild.build({
    entryPoints: ["public", "officer"].map((name) => join(here, `src/scripts/${name}.ts`)),
    outdir: out,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: ["es2020"],
    chunkNames: "chunks/[name]-[hash]",
    legalComments: "linked",
    logLevel: "warning",
  });
}

// What is given away with the pages, and on what terms.
async function licences() {
  const names = ["govuk-frontend", "@ministryofjustice/frontend", "leaflet", "htmx.org"];
  const found = names.map(async (name) => {
    const about = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    const file = (await readdir(join(modules, name))).find((f) => /^licen[cs]e/i.test(f));
    const terms = file ? await readFile(join(modules, name, file), "utf8") : `${about.license}\n`;
    return `${name} ${about.version}\n\n${terms}`;
  });
  await writeFile(join(out, "LICENCES.txt"), (await Promise.all(found)).join("\n\n"));
}

// The web server gives the packed file to whoever takes it.
async function packed() {
  const files = (await readdir(out, { recursive: true })).filter((f) => /\.(css|js)$/.test(f));
  for (const file of files) {
    const bytes = await readFile(join(out, file));
    await writeFile(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    await writeFile(join(out, `${file}.br`), brotliCompressSync(bytes));
  }
}

async function sizes() {
  const files = (await readdir(out, { recursive: true })).filter((f) => /\.(css|js|woff2)$/.test(f));
  const bytes = (file) => stat(join(out, file)).then((s) => String(s.size).padStart(8), () => "");
  for (const file of files.sort())
    console.log(file.padEnd(60), await bytes(file), await bytes(`${file}.gz`), await bytes(`${file}.br`));
}

async function build() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const css = await Promise.all(["public", "officer", "map"].map(style));
  await Promise.all([images(css.join("")), typefaces(), scripts(), licences()]);
  await packed();
}

await build();
if (process.argv.includes("--sizes")) await sizes();
if (process.argv.includes("--watch")) {
  let waiting;
  watch(join(here, "src"), { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build().catch((e) => console.error(e.message)), 150);
  });
}
