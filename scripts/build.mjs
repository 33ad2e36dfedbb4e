// Bundles src/ into dist/: the headless program as CommonJS chunks (so that bin/tau.js can load them with V8's code
// cache), the terminal UI as one ES module (yoga-layout has a top-level await), the spawn helper on its own.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, transform } from "esbuild";

const dist = "dist";
/** Native or binary packages, and those that find files of their own at run time. */
const external = ["better-sqlite3", "tiktoken", "tiktoken/*", "@vscode/ripgrep", "unpdf"];
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "external",
  logLevel: "warning",
  external,
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
};

/** The UI is an entry of its own: in the headless bundle its import becomes a run-time load of dist/tui.mjs. */
const tuiIsApart = {
  name: "tui-is-apart",
  setup(api) {
    api.onResolve({ filter: /tui\/main\.tsx$/ }, () => ({ path: "./tui.mjs", external: true }));
  },
};

/** esbuild escapes what is not ASCII in strings, but not in regular expressions; the launcher reads plain bytes. */
const asciiOnly = (code) =>
  code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

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

/** commander loads node:child_process (5 ms) for git-style subcommands, which Tau has none of. */
const lazyChildProcess = {
  name: "lazy-child-process",
  setup(api) {
    api.onResolve({ filter: /^(node:)?child_process$/ }, (args) =>
      args.importer.includes("/commander/") ? { path: "child_process", namespace: "lazy" } : undefined,
    );
    api.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents:
        'module.exports = { get spawn() { return process.getBuiltinModule("node:child_process").spawn; } };',
    }));
  },
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const staging = join(dist, ".staging");
await build({
  ...common,
  entryPoints: { cli: "src/cli/main.ts" },
  format: "esm",
  splitting: true,
  // Light Headers, Request and Response for the vendor SDKs: touching the global ones loads undici, 37 ms.
  inject: ["src/providers/transport/web.ts"],
  outdir: staging,
  chunkNames: "[name]-[hash]",
  plugins: [tuiIsApart, oneLocale, lazyChildProcess],
});
for (const name of readdirSync(staging)) {
  const text = readFileSync(join(staging, name), "utf8");
  if (!name.endsWith(".js")) {
    writeFileSync(join(dist, name.replace(/\.js\./, ".cjs.")), text);
    continue;
  }
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
  writeFileSync(join(dist, name.replace(/\.js$/, ".cjs")), asciiOnly(code));
}
rmSync(staging, { recursive: true });

await build({
  ...common,
  entryPoints: { tui: "src/tui/main.tsx" },
  format: "esm",
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  splitting: false,
  jsx: "automatic",
  alias: { "react-devtools-core": "./scripts/empty.mjs" },
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
});
await build({
  ...common,
  entryPoints: { "process-helper": "src/tools/process/helper.ts" },
  format: "cjs",
  outdir: dist,
  outExtension: { ".js": ".cjs" },
});
