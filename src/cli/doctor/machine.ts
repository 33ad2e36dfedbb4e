/** What Tau stands on: Node, its own files and helpers, folders, disk, proxies, catalogue. */
import { execFile } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { TauPaths } from "../../config/paths.ts";
import { messageOf, systemCode } from "../../core/errors.ts";
import { loadSources } from "../../models/shipped.ts";
import type { Runtime } from "../runtime.ts";
import { type Check, type Fix, problemOf } from "./check.ts";
import { quoted, reinstall } from "./commands.ts";

/** Versions, and what runs beside Tau. */
export async function programs({ version, helperPath, now }: Runtime): Promise<Check[]> {
  return [
    { name: "tau", state: "ok", detail: version },
    nodeCheck(),
    existsSync(helperPath)
      ? { name: "spawn helper", state: "ok", detail: helperPath }
      : {
          name: "spawn helper",
          state: "problem",
          detail: `${helperPath} is missing`,
          next: reinstall(join(dirname(helperPath), "..")),
        },
    await ripgrep(join(dirname(helperPath), "..")),
    await catalogue(now()),
  ];
}

/** Node 21 and 23 are out of support; from 20.19 on the rest works. */
function nodeCheck(): Check {
  const detail = `${process.version} (${process.execPath})`;
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major % 2 === 0) return { name: "node", state: "ok", detail };
  return {
    name: "node",
    state: "warning",
    detail,
    next: "odd versions get no fixes: install Node 24, such as with nvm install 24",
  };
}

const ripgrepMs = 5_000;

/** @param root where Tau is installed */
async function ripgrep(root: string): Promise<Check> {
  try {
    const { rgPath } = await import("@vscode/ripgrep");
    const { stdout } = await promisify(execFile)(rgPath, ["--version"], { timeout: ripgrepMs, cwd: "/" });
    return { name: "ripgrep", state: "ok", detail: `${stdout.split("\n", 1)[0]} (${rgPath})` };
  } catch (error) {
    return problemOf("ripgrep", error, reinstall(root));
  }
}

/** Prices change every few weeks somewhere. */
const oldAfterDays = 120;

async function catalogue(now: number): Promise<Check> {
  const { date } = await loadSources();
  const days = Math.floor((now - Date.parse(date)) / 86_400_000);
  const detail = `models and prices of ${date}`;
  if (days <= oldAfterDays) return { name: "catalogue", state: "ok", detail };
  return {
    name: "catalogue",
    state: "warning",
    detail: `${detail}, ${days} days old`,
    next: "tau models refresh https://models.dev/api.json",
  };
}

/** Bytes below which the ledger cannot be trusted to grow by a turn, and below which it is time to tidy up. */
const leastSpace = 50 * 1024 * 1024;
const littleSpace = 500 * 1024 * 1024;

/** Whether Tau's folders can be written, are private, and have room. */
export function folders(paths: TauPaths): Check[] {
  const own = [...new Set([paths.data, paths.state])];
  const closed = own.flatMap((folder) => unwritable(folder) ?? []);
  return [...closed, ...privacy(paths), ...space(paths.data)];
}

function unwritable(folder: string): Check | null {
  const nearest = nearestExisting(folder);
  try {
    if (!statSync(nearest).isDirectory())
      return {
        name: "folders",
        state: "problem",
        detail: `${nearest} is no folder, so ${folder} cannot be made`,
        next: `mv ${quoted(nearest)} ${quoted(`${nearest}.aside`)}`,
      };
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    // A link that leads nowhere is no entry; one that leads to itself is an error of its own (ELOOP).
    const found = systemCode(error) === "ELOOP" ? undefined : statSync(nearest, { throwIfNoEntry: false });
    if (found === undefined) return problemOf("folders", error, `rm ${quoted(nearest)} (it leads nowhere)`);
    const isOwn = found.uid === process.getuid?.();
    const command = isOwn ? "chmod u+rwx" : 'sudo chown "$(id -un)"';
    return {
      ...problemOf("folders", error, `${command} ${quoted(nearest)}`),
      ...(isOwn && {
        fix: {
          what: `make ${nearest} writable for you`,
          apply: () => chmodSync(nearest, (found.mode & 0o7777) | 0o700),
        },
      }),
    };
  }
}

/** What holds conversations and keys is for its owner; what decides about commands is written by its owner alone. */
function privacy({ config, data, state }: TauPaths): Check[] {
  if (process.platform === "win32") return [];
  const kept = [data, join(data, "models"), state, join(state, "processes"), join(state, "output")];
  const files = ["", "-wal", "-shm"].map((suffix) => join(data, `tau.db${suffix}`));
  const open = [
    ...kept,
    ...kept.slice(3).flatMap(filesIn),
    ...files,
    join(config, "credentials.json"),
  ].filter((path) => (modeOf(path) & 0o077) !== 0);
  const writable = [config, join(config, "config.json")].filter((path) => (modeOf(path) & 0o022) !== 0);
  const listed = (all: readonly string[]): string =>
    [...all.slice(0, 5), ...(all.length > 5 ? [`${all.length - 5} more`] : [])].join(", ");
  const checks: Check[] = [];
  if (writable.length > 0)
    checks.push({
      name: "privacy",
      state: "problem",
      detail: `others can write ${listed(writable)}: what stands there decides what Tau runs`,
      next: `chmod go-w ${writable.map(quoted).join(" ")}`,
      fix: withoutBits(writable, 0o022, `take the right to write ${listed(writable)} from others`),
    });
  if (open.length > 0)
    checks.push({
      name: "privacy",
      state: "warning",
      detail: `others can get into ${listed(open)}`,
      next: `chmod go-rwx ${open.map(quoted).join(" ")}`,
      fix: withoutBits(open, 0o077, `close ${listed(open)} to others`),
    });
  return checks.length > 0
    ? checks
    : [{ name: "privacy", state: "ok", detail: "Tau's folders are yours alone" }];
}

const withoutBits = (paths: readonly string[], bits: number, what: string): Fix => ({
  what,
  apply() {
    for (const path of paths) chmodSync(path, modeOf(path) & 0o7777 & ~bits);
  },
});

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

/** 0 for what is not there, or cannot be looked at: then it is not open either. */
function modeOf(path: string): number {
  try {
    return statSync(path).mode;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return 0;
  }
}

function space(folder: string): Check[] {
  try {
    const { bavail, bsize } = statfsSync(nearestExisting(folder));
    const free = bavail * bsize;
    const detail = `${Math.floor(free / 1024 / 1024).toLocaleString("en-US")} MB free for ${folder}`;
    const next =
      "tau sessions list --all shows what could go: tau sessions delete ID (a full disk ends a run in the middle)";
    if (free < leastSpace) return [{ name: "disk", state: "problem", detail, next }];
    if (free < littleSpace) return [{ name: "disk", state: "warning", detail, next }];
    return [{ name: "disk", state: "ok", detail }];
  } catch (error) {
    return [{ name: "disk", state: "warning", detail: messageOf(error), next: `df ${quoted(folder)}` }];
  }
}

/** The nearest of a folder and those above it that is there. A link that leads nowhere is there too, and in the way. */
export function nearestExisting(folder: string): string {
  return isThere(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

/** Proxies as the environment names them; what stands before an @ is a password. */
export function proxies(): Check {
  const found = ["https_proxy", "http_proxy", "all_proxy", "no_proxy"].flatMap((lower) =>
    [lower, lower.toUpperCase()].flatMap((name) => {
      const value = process.env[name];
      return value ? [{ name, value, shown: value.replace(/(^|\/\/)[^/@]*@/, "$1(hidden)@") }] : [];
    }),
  );
  const detail = found.map(({ name, shown }) => `${name}=${shown}`).join(", ") || "none";
  const wrong = found.find(({ name, value }) => !/^no_/i.test(name) && !isProxy(value));
  if (wrong === undefined) return { name: "proxies", state: "ok", detail };
  return {
    name: "proxies",
    state: "problem",
    detail: `${wrong.name}=${wrong.shown} is no address of an http or https proxy`,
    next: `unset ${wrong.name}, or export ${wrong.name}=http://HOST:PORT`,
  };
}

function isProxy(value: string): boolean {
  const url = value.includes("://") ? value : `http://${value}`;
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
