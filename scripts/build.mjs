// Bundles src/ into dist/: the program as CommonJS chunks (so that bin/tau.js can load them with V8's code cache), those
// of every run in one file; the spawn helper on its own. See docs/decisions/0002-start-up.md.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
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

/**
 * Packages of which a part is left out: what the file is that asks, what it asks for, and what it gets instead. Each is
 * something Tau never reaches: a prompt that opens an editor (and brings 500 KB of encodings for its file), the
 * developer tools of Ink, the tools an SDK has of its own.
 */
const leftOut = [
  { from: /@inquirer\/prompts\//, what: /^@inquirer\/editor$/ },
  { from: /@anthropic-ai\/sdk\//, what: /\/agent-toolset\/node\.mjs$/ },
];
const withoutTheNeverReached = {
  name: "without-the-never-reached",
  setup(api) {
    for (const { from, what } of leftOut)
      api.onResolve({ filter: what }, ({ importer }) =>
        from.test(importer) ? { path: resolve("scripts/empty.mjs") } : undefined,
      );
    // Ink waits for its developer tools at the top level, which only an ES module may.
    api.onLoad({ filter: /\/ink\/build\/reconciler\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replace("await import('./devtools.js')", "")
        .replace("await loadPackageJson()", "undefined"),
    }));
    // With CI in the environment Ink draws nothing before its end; in a terminal somebody looks, whatever is set there.
    api.onResolve({ filter: /^is-in-ci$/ }, () => ({ path: resolve("scripts/never-in-ci.mjs") }));
  },
};

/**
 * Ink's layout engine waits for its WebAssembly at the top level, which only an ES module may. Here it is a module that
 * says when it is ready, compiled while the session is opened; the UI begins behind that, and is a chunk like all others.
 */
const layoutEngineWhenReady = {
  name: "layout-engine-when-ready",
  setup(api) {
    const engine = join(dirname(createRequire(import.meta.url).resolve("yoga-layout/load")), "..");
    api.onResolve({ filter: /^yoga-layout$/ }, () => ({ path: "engine", namespace: "when-ready" }));
    api.onResolve({ filter: /\/tui\/main\.tsx$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "tui", namespace: "when-ready" } : undefined,
    );
    api.onLoad({ filter: /^engine$/, namespace: "when-ready" }, () => ({
      contents: `
        import load from "./binaries/yoga-wasm-base64-esm.js";
        import wrap from "./src/wrapAssembly.js";
        let Yoga;
        export const ready = load().then((engine) => void (Yoga = wrap(engine)));
        export { Yoga as default };
        export * from "./src/generated/YGEnums.js";`,
      resolveDir: engine,
    }));
    api.onLoad({ filter: /^tui$/, namespace: "when-ready" }, () => ({
      contents: `
        import { ready } from "yoga-layout";
        import { startTui as start } from "./main.tsx";
        export async function startTui(options) {
          await ready;
          return start(options);
        }`,
      resolveDir: resolve("src/tui"),
    }));
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

/** The SDK of MCP takes all of zod as well; only who has a server loads it. */
const mcpIsApart = {
  name: "mcp-is-apart",
  setup(api) {
    api.onResolve({ filter: /\/mcp\/connect\.ts$/ }, () => ({ path: "./mcp.cjs", external: true }));
  },
};

/** Its checker of structured answers, 130 KB, is never asked: connect.ts gives the client another one. */
const noAjv = {
  name: "no-ajv",
  setup(api) {
    api.onResolve({ filter: /validation\/ajv-provider\.js$/ }, () => ({ path: "ajv", namespace: "no-ajv" }));
    api.onLoad({ filter: /.*/, namespace: "no-ajv" }, () => ({
      contents: "export class AjvJsonSchemaValidator {}",
    }));
  },
};

/** Of the shell parser the CommonJS build: the other one asks where its own module lies. */
const treeSitterAsCommonJs = {
  name: "tree-sitter-as-commonjs",
  setup(api) {
    const main = createRequire(import.meta.url).resolve("web-tree-sitter");
    api.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: main, namespace: "as-commonjs" }));
    api.onLoad({ filter: /.*/, namespace: "as-commonjs" }, () => ({
      contents: `export { Language, Parser } from ${JSON.stringify(main)};`,
      resolveDir: dirname(main),
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

/** An ES chunk as CommonJS; imports of other chunks become requires. */
async function toCommonJs(text) {
  const chunked = text.replace(/(["'])\.\/([\w.-]+)\.js\1/g, "$1./$2.cjs$1");
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
const asFunction = (code) => `(function(exports,require,module,__dirname){${code}})`;

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
  plugins: [
    withoutTheNeverReached,
    layoutEngineWhenReady,
    outputSchemaIsApart,
    mcpIsApart,
    oneLocale,
    treeSitterAsCommonJs,
    lazyChildProcess,
    nativeSqlite,
  ],
  jsx: "automatic",
});
const together = everyRun(metafile.outputs);
const packed = [];
for (const { path, text } of outputFiles) {
  const name = basename(path);
  const chunk = name.replace(/\.js$/, ".cjs");
  const code = await toCommonJs(text);
  if (together.has(join(dist, name)))
    packed.push(`${JSON.stringify(`./${chunk}`)}(exports,require,module,__dirname){${code}}`);
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

const mcp = await build({
  ...common,
  entryPoints: { mcp: "src/extensions/mcp/connect.ts" },
  format: "cjs",
  write: false,
  plugins: [oneLocale, noAjv],
});
for (const { text } of mcp.outputFiles) writeFileSync(join(dist, "mcp.cjs"), asFunction(asciiOnly(text)));

const helper = await build({
  ...common,
  entryPoints: { "process-helper": "src/tools/process/helper.ts" },
  format: "cjs",
  outdir: dist,
  outExtension: { ".js": ".cjs" },
});

// The shell parser's runtime and grammar, read when the first command is to be judged.
const wasm = {
  "tree-sitter.wasm": "web-tree-sitter/web-tree-sitter.wasm",
  "tree-sitter-bash.wasm": "tree-sitter-bash/tree-sitter-bash.wasm",
};
for (const [name, path] of Object.entries(wasm))
  copyFileSync(createRequire(import.meta.url).resolve(path), join(dist, name));

/** The licences of everything that was bundled, as their authors ask. */
function notices(inputs) {
  const folders = new Set(
    inputs.flatMap(
      (input) =>
        /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(
          input.replace(/^(one-locale|no-ajv):|^as-commonjs:.*/, ""),
        )?.[0] ?? [],
    ),
  );
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    return `${name} ${version} (${license ?? "see its text"})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "The package ships no licence text."}\n`;
  });
  return [...texts, readFileSync("src/models/data/NOTICE.md", "utf8")].join(`\n${"-".repeat(80)}\n\n`);
}
const inputs = [metafile, outputSchema.metafile, mcp.metafile, helper.metafile].flatMap((meta) =>
  Object.keys(meta.inputs),
);
inputs.push("node_modules/tree-sitter-bash/tree-sitter-bash.wasm");
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), notices(inputs));
