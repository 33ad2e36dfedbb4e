// Bundles src/ into dist/: the headless program as CommonJS chunks (so that bin/tau.js can load them with V8's code
// cache), those of every run in one file; the terminal UI as one ES module (yoga-layout has a top-level await); the
// spawn helper on its own. See docs/decisions/0002-start-up.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, transform } from "esbuild";

const dist = "dist";
/** Native or binary packages, and those that find files of their own at run time. */
const external = ["better-sqlite3/*", "tiktoken", "tiktoken/*", "@vscode/ripgrep", "unpdf"];
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  external,
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
  // Its main file is UMD, whose require() of its own parts a bundler cannot follow: it failed on the first settings file.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
};

/** The UI is an entry of its own: in the headless bundle its import becomes a run-time load of dist/tui.mjs. */
const tuiIsApart = {
  name: "tui-is-apart",
  setup(api) {
    api.onResolve({ filter: /tui\/main\.tsx$/ }, () => ({ path: "./tui.mjs", external: true }));
  },
};

/** The languages of code, 200 KB that only a screen with code on it needs, are a file beside the UI. */
const languagesAreApart = {
  name: "languages-are-apart",
  setup(api) {
    api.onResolve({ filter: /\/stream\.ts$/ }, ({ kind, importer }) =>
      kind === "dynamic-import" && importer.endsWith("highlighter.ts")
        ? { path: "./highlight.mjs", external: true }
        : undefined,
    );
  },
};

/** Reading JSON Schemas takes all of zod; apart from the rest, what every run loads has only the part that it needs. */
const outputSchemaIsApart = {
  name: "output-schema-is-apart",
  setup(api) {
    api.onResolve({ filter: /compile-output-schema\.ts$/ }, () => ({
      path: "./output-schema.cjs",
      external: true,
    }));
  },
};

/** zod carries fifty languages of error messages, 300 KB of them; Tau speaks one. */
const oneLocale = {
  name: "one-locale",
  setup(api) {
    api.onResolve({ filter: /locales\/index\.js$/ }, (args) =>
      args.importer.includes("/zod/")
        ? { path: join(args.resolveDir, args.path, "../en.js"), namespace: "one-locale" }
        : undefined,
    );
    api.onLoad({ filter: /.*/, namespace: "one-locale" }, (args) => ({
      contents: `export { default as en } from ${JSON.stringify(args.path)};`,
      resolveDir: dirname(args.path),
    }));
  },
};

/** node:child_process brings node:dgram along, 5 ms that a run without a command need not pay. */
const lazyChildProcess = {
  name: "lazy-child-process",
  setup(api) {
    api.onResolve({ filter: /^(node:)?child_process$/ }, () => ({
      path: "child_process",
      namespace: "lazy",
    }));
    api.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: `module.exports = {${["spawn", "spawnSync", "execFile"]
        .map((name) => `get ${name}() { return process.getBuiltinModule("node:child_process").${name}; }`)
        .join(",")}};`,
    }));
  },
};

/**
 * Of better-sqlite3 only the native part is loaded from its package: its own search for that, and its dozen files each
 * found and compiled anew, took 8 ms of every run.
 */
const nativeSqlite = {
  name: "native-sqlite",
  setup(api) {
    api.onResolve({ filter: /^bindings$/ }, () => ({ path: "bindings", namespace: "native-sqlite" }));
    api.onLoad({ filter: /.*/, namespace: "native-sqlite" }, () => ({
      contents: `module.exports = () => require("better-sqlite3/build/Release/better_sqlite3.node");`,
    }));
  },
};

/** esbuild escapes what is not ASCII in strings, but not in regular expressions; the launcher reads plain bytes. */
const asciiOnly = (code) =>
  code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** An ES chunk as CommonJS; imports of other chunks become requires, the UI's a run-time import. */
async function toCommonJs(text) {
  const chunked = text
    .replace(/(["'])\.\/([\w.-]+)\.js\1/g, "$1./$2.cjs$1")
    .replace(/\bimport\((["'])\.\/tui\.mjs\1\)/g, "__import($1./tui.mjs$1)");
  const { code } = await transform(chunked, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    supported: { "dynamic-import": false },
  });
  return asciiOnly(code);
}

/** A chunk as the launcher takes it. */
const asFunction = (code) => `(function(exports,require,module,__import,__dirname){${code}})`;

/** What `tau exec` always loads: those entries and everything they import statically. */
function everyRun(outputs) {
  const entries = /^src\/(cli\/(main|exec)|app)\.ts$|\/better-sqlite3\/lib\/index\.js$/;
  const wanted = new Set();
  const add = (path) => {
    if (wanted.has(path)) return;
    wanted.add(path);
    for (const { path: next, kind, external: outside } of outputs[path].imports) {
      if (kind === "import-statement" && !outside) add(next);
    }
  };
  for (const [path, { entryPoint }] of Object.entries(outputs))
    if (entryPoint && entries.test(entryPoint)) add(path);
  return wanted;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const { metafile, outputFiles } = await build({
  ...common,
  entryPoints: { cli: "src/cli/main.ts", complete: "src/cli/completion/main.ts" },
  format: "esm",
  splitting: true,
  write: false,
  // Light Headers, Request and Response for the vendor SDKs: touching the global ones loads undici, 37 ms.
  inject: ["src/providers/transport/web.ts"],
  // The SDKs ask of each body whether it is a stream; Tau's are text, and the question loads web streams, 3 ms.
  define: { ...common.define, "globalThis.ReadableStream": "undefined" },
  outdir: dist,
  chunkNames: "[name]-[hash]",
  plugins: [tuiIsApart, outputSchemaIsApart, oneLocale, lazyChildProcess, nativeSqlite],
});
const together = everyRun(metafile.outputs);
const packed = [];
for (const { path, text } of outputFiles) {
  const name = basename(path);
  const chunk = name.replace(/\.js$/, ".cjs");
  const code = await toCommonJs(text);
  if (together.has(join(dist, name)))
    packed.push(`${JSON.stringify(`./${chunk}`)}(exports,require,module,__import,__dirname){${code}}`);
  else writeFileSync(join(dist, chunk), asFunction(code));
}
writeFileSync(join(dist, "main.cjs"), `({${packed.join(",\n")}})`);

const outputSchema = await build({
  ...common,
  entryPoints: { "output-schema": "src/agent/compile-output-schema.ts" },
  format: "cjs",
  write: false,
  plugins: [oneLocale],
});
for (const { text } of outputSchema.outputFiles)
  writeFileSync(join(dist, "output-schema.cjs"), asFunction(asciiOnly(text)));

const ui = await build({
  ...common,
  entryPoints: { tui: "src/tui/main.tsx", highlight: "src/tui/highlight/stream.ts" },
  format: "esm",
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  splitting: false,
  plugins: [languagesAreApart],
  jsx: "automatic",
  alias: {
    ...common.alias,
    "react-devtools-core": "./scripts/empty.mjs",
    // With CI in the environment Ink draws nothing before its end; in a terminal somebody looks, whatever is set there.
    "is-in-ci": "./scripts/never-in-ci.mjs",
  },
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
});
const helper = await build({
  ...common,
  entryPoints: { "process-helper": "src/tools/process/helper.ts" },
  format: "cjs",
  outdir: dist,
  outExtension: { ".js": ".cjs" },
});

/** The licences of everything that was bundled, as their authors ask. */
function notices(inputs) {
  const folders = new Set(
    inputs.flatMap(
      (input) => /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(input.replace(/^one-locale:/, ""))?.[0] ?? [],
    ),
  );
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    return `${name} ${version} (${license ?? "see its text"})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "The package ships no licence text."}\n`;
  });
  return [...texts, readFileSync("src/models/data/NOTICE.md", "utf8")].join(`\n${"-".repeat(80)}\n\n`);
}
const inputs = [metafile, outputSchema.metafile, ui.metafile, helper.metafile].flatMap((meta) =>
  Object.keys(meta.inputs),
);
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), notices(inputs));
