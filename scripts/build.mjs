// Bundles src/ into dist/: the headless program as CommonJS chunks (so that bin/tau.js can load them with V8's code
// cache), the terminal UI as one ES module (yoga-layout has a top-level await), the spawn helper on its own.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const staging = join(dist, ".staging");
await build({
  ...common,
  entryPoints: { cli: "src/cli/main.ts" },
  format: "esm",
  splitting: true,
  outdir: staging,
  chunkNames: "[name]-[hash]",
  plugins: [tuiIsApart],
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
  writeFileSync(join(dist, name.replace(/\.js$/, ".cjs")), code);
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
