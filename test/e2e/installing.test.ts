/** What `npm pack` makes, installed as people install it: into a clean prefix by npm, and by the steps of the formula. */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Registry, startRegistry } from "../support/registry.ts";
import { scene } from "./support/scene.ts";

const root = resolve(import.meta.dirname, "../..");
let scratch: string;
let registry: Registry;
let tarball: string;
let files: string[];
/** npm of a user who has set nothing up, except that the registry is the one of this test. */
let npmEnv: Record<string, string>;

type Run = { code: number | null; output: string };

function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; uid?: number },
): Promise<Run> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, output }));
  });
}

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "tau-installing-")));
  chmodSync(scratch, 0o755);
  registry = await startRegistry(root);
  const home = join(scratch, "home");
  mkdirSync(home);
  // Else better-sqlite3's own script asks the network for its binary, or compiles for minutes what `npm ci` has compiled.
  const sqlite = join(root, "node_modules/better-sqlite3");
  const { version } = JSON.parse(readFileSync(join(sqlite, "package.json"), "utf8")) as { version: string };
  const prebuilt = `better-sqlite3-v${version}-node-v${process.versions.modules}-linux-x64.tar.gz`;
  const prebuilds = join(scratch, "prebuilds");
  mkdirSync(prebuilds);
  spawnSync("tar", ["-czf", join(prebuilds, prebuilt), "-C", sqlite, "build/Release/better_sqlite3.node"]);
  writeFileSync(join(home, ".prebuild-installrc"), JSON.stringify({ "local-prebuilds": prebuilds }));
  npmEnv = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    npm_config_registry: registry.url,
    npm_config_update_notifier: "false",
    TMPDIR: scratch,
  };
  const packed = await run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--pack-destination", scratch, root],
    { cwd: scratch, env: npmEnv },
  );
  expect(packed.code, packed.output).toBe(0);
  const [made] = JSON.parse(packed.output) as { filename: string; files: { path: string }[] }[];
  tarball = join(scratch, made?.filename ?? "");
  files = (made?.files ?? []).map(({ path }) => path);
});

afterAll(async () => {
  await registry.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe("the package", () => {
  it("has what it runs on, what people read, and nothing else", () => {
    const folders = [...new Set(files.map((path) => path.split("/")[0]))].toSorted();
    expect(folders).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "completions",
      "dist",
      "docs",
      "man",
      "package.json",
    ]);
    expect(files.filter((path) => /\.(ts|tsx|map)$|(^|\/)(test|node_modules)\//.test(path))).toEqual([]);
    for (const path of [
      "dist/main.cjs",
      "dist/complete.cjs",
      "dist/mcp.cjs",
      "dist/process-helper.cjs",
      "dist/THIRD-PARTY-NOTICES.txt",
      "completions/_tau",
      "man/tau.1",
    ])
      expect(files).toContain(path);
  });
});

it("installs globally into a clean prefix, and works from there: read-only, elsewhere, for another user", async () => {
  const prefix = join(scratch, "prefix");
  const installed = await run(
    "npm",
    ["install", "--global", "--prefix", prefix, "--no-audit", "--no-fund", tarball],
    { cwd: scratch, env: npmEnv },
  );
  expect(installed.code, installed.output).toBe(0);
  // One line of what was added; newer npms also name the one package that has a script.
  expect(installed.output.replace(/^npm warn (install|allow)-scripts.*$/gm, "").trim()).toMatch(
    /^added \d+ packages in \S+$/,
  );
  const at = join(prefix, "lib/node_modules/tau-agent");
  const scripts = scriptsIn(join(at, "node_modules"));
  expect(scripts).toEqual(["better-sqlite3"]);
  expect(registry.asked).not.toContain("ink");
  expect(existsSync(join(prefix, "share/man/man1/tau.1"))).toBe(true);

  const { world, fake } = await scene(() => ({ text: "Hello from the loopback." }));
  const before = listing(at);
  // Nobody may write where it is installed; root may anyway, so there it runs as nobody.
  spawnSync("chmod", ["-R", "a-w,a+rX", prefix]);
  const nobody = process.getuid?.() === 0 ? 65534 : undefined;
  if (nobody !== undefined) spawnSync("chown", ["-R", String(nobody), join(world.project, "..")]);
  const { TAU_HOME: _, ...env } = world.env;
  const ran = await run(join(prefix, "bin/tau"), ["exec", "-m", "anthropic/claude-haiku-4-5", "say hello"], {
    cwd: world.project,
    env,
    ...(nobody !== undefined && { uid: nobody }),
  });
  expect(ran.output).toContain("Hello from the loopback.");
  expect(ran.code).toBe(0);
  expect(fake.requests).toHaveLength(1);
  expect(listing(at)).toEqual(before);
  expect(readdirSync(join(world.home, ".cache/tau"))).toHaveLength(1);
  expect(existsSync(join(world.home, ".local/share/tau/tau.db"))).toBe(true);
  spawnSync("chmod", ["-R", "u+w", prefix]);
});

const hasRuby = spawnSync("ruby", ["--version"]).status === 0;

it.skipIf(!hasRuby)(
  "the formula's own steps install it, and its own test passes (skipped where there is no ruby)",
  async () => {
    const rendered = await run(
      "node",
      [join(root, "homebrew/render.mjs"), tarball, pathToFileURL(tarball).href],
      { env: npmEnv },
    );
    expect(rendered.code, rendered.output).toBe(0);
    expect(rendered.output).not.toContain("{{");
    const formula = join(scratch, "tau.rb");
    writeFileSync(formula, rendered.output);
    const cellar = join(scratch, "cellar");
    const harness = join(root, "test/support/formula.rb");
    const built = await run("ruby", [harness, formula, cellar], { cwd: scratch, env: npmEnv });
    expect(built.code, built.output).toBe(0);
    for (const path of [
      "etc/bash_completion.d/tau",
      "share/zsh/site-functions/_tau",
      "share/fish/vendor_completions.d/tau.fish",
      "share/man/man1/tau.1",
    ])
      expect(existsSync(join(cellar, path)), path).toBe(true);

    const { world, fake } = await scene(() => ({ text: "Hello from the loopback." }));
    const ran = await run(
      join(cellar, "bin/tau"),
      ["exec", "-m", "anthropic/claude-haiku-4-5", "say hello"],
      {
        cwd: world.project,
        env: world.env,
      },
    );
    expect([ran.code, fake.requests.length]).toEqual([0, 1]);
    expect(ran.output).toContain("Hello from the loopback.");

    writeFileSync(formula, rendered.output.replace(/sha256 "../, 'sha256 "00'));
    const forged = await run("ruby", [harness, formula, join(scratch, "forged")], {
      cwd: scratch,
      env: npmEnv,
    });
    expect(forged.output).toContain("wrong checksum");
  },
);

/** Packages that run something of their own when they are installed. */
function scriptsIn(folder: string): string[] {
  return packagesIn(folder).filter((path) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8")) as {
      scripts?: { [name: string]: string };
    };
    return ["preinstall", "install", "postinstall"].some((name) => name in scripts);
  });
}

const packagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
    );

const listing = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).toSorted();
