#!/usr/bin/env node
"use strict";
// The launcher: answers --version without loading anything, else loads the bundle of dist/ with V8's code cache.
// CommonJS on purpose: an ES module entry costs several milliseconds more, and vm.Script with cached code is the
// fastest way into a bundle on every supported Node (measured; see docs/decisions/0002-start-up.md).
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version}\n`);
} else {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`tau needs Node 20.19 or later; this is ${process.version} (${process.execPath})\n`);
    process.exit(3);
  }
  start();
}

function start() {
  const dist = path.join(root, "dist");
  if (!fs.existsSync(path.join(dist, "main.cjs"))) {
    process.stderr.write("tau: dist/ is missing; run `npm run build` first\n");
    process.exit(3);
  }
  const cache = codeCache();
  // The chunks of every run are one script; each of the others is a script of its own.
  const together = cache.compile(path.join(dist, "main.cjs"));
  const loaded = new Map();
  const load = (name) => {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const run = together[name] ?? cache.compile(path.join(dist, name));
    run(module.exports, requireFromDist, module, dist);
    return module.exports;
  };
  // Node's own modules and packages are found from here as from dist/; node:module's createRequire costs 2 ms to load.
  const requireFromDist = (name) =>
    name.startsWith("./") && name.endsWith(".cjs") ? load(name) : require(name);
  // What shells ask while somebody types has an entry of its own, which loads nothing of a run.
  load(argv[0] === "__complete" ? "./complete.cjs" : "./cli.cjs");
}

/** Compiles chunks with V8's code cache, kept per Node version in the user's cache folder and written once, on exit. */
function codeCache() {
  const vm = require("node:vm");
  const base = cacheFolder();
  const folder = base && path.join(base, `code-${process.version}-${process.arch}`);
  const fresh = [];
  return {
    compile(file) {
      // The build writes ASCII only; read as Latin-1 it needs no decoding.
      const source = fs.readFileSync(file, "latin1");
      if (folder === null) return new vm.Script(source, { filename: file }).runInThisContext();
      const { size, mtimeMs } = fs.statSync(file);
      const cached = path.join(folder, `${path.basename(file)}-${size}-${Math.trunc(mtimeMs)}`);
      let cachedData;
      try {
        cachedData = fs.readFileSync(cached);
      } catch {
        cachedData = undefined; // first run of this build, or no cache folder
      }
      const script = new vm.Script(source, { filename: file, cachedData });
      if (cachedData === undefined || script.cachedDataRejected) {
        if (fresh.length === 0) process.on("exit", () => writeCodeCache(folder, fresh));
        fresh.push({ script, cached });
      }
      return script.runInThisContext();
    },
  };
}

/** Null where there is no place for it: a relative home would mean another folder wherever Tau is started. */
function cacheFolder() {
  const { TAU_HOME: own, XDG_CACHE_HOME: xdg, HOME: home = "" } = process.env;
  if (own) return path.isAbsolute(own) ? path.join(own, "cache") : null;
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, "tau");
  try {
    const base = path.isAbsolute(home) ? home : require("node:os").userInfo().homedir;
    return path.isAbsolute(base) ? path.join(base, ".cache", "tau") : null;
  } catch {
    return null; // a container's bare user id has no account, and so no home
  }
}

/** Made after execution, so that functions compiled lazily are in it. A cache that cannot be written is only slower. */
function writeCodeCache(folder, fresh) {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const { script, cached } of fresh) {
      const temporary = `${cached}.${process.pid}`;
      fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(temporary, cached);
    }
    sweepCodeCache(folder);
  } catch (error) {
    if (process.env.TAU_DEBUG) process.stderr.write(`tau: no code cache: ${error.message}\n`);
  }
}

const dayMs = 86_400_000;

/** Leaves what this build has, and of other versions of Node what was written lately: each build names its chunks anew. */
function sweepCodeCache(folder) {
  const dist = path.join(root, "dist");
  for (const name of fs.readdirSync(folder)) {
    const [, chunk, size, mtime] = /^(.*)-(\d+)-(\d+)$/.exec(name) ?? [];
    const file = path.join(folder, name);
    if (chunk === undefined) {
      // Another process may be about to rename it.
      if (isOlder(file, dayMs)) fs.rmSync(file, { recursive: true, force: true });
      continue;
    }
    const built = fs.statSync(path.join(dist, chunk), { throwIfNoEntry: false });
    if (built?.size !== Number(size) || Math.trunc(built.mtimeMs) !== Number(mtime))
      fs.rmSync(file, { force: true });
  }
  const beside = path.dirname(folder);
  for (const name of fs.readdirSync(beside)) {
    const other = path.join(beside, name);
    if (name.startsWith("code-") && other !== folder && isOlder(other, 30 * dayMs))
      fs.rmSync(other, { recursive: true, force: true });
  }
}

const isOlder = (file, ms) =>
  Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ms;
