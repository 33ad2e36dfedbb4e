/** `tau policy simulate`: what other rules would have meant for the calls of past sessions. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { Toolbox } from "../agent/toolbox.ts";
import { type LoadedSettings, loadSettings, mergeLayers } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import type { Settings } from "../config/settings.ts";
import { parseSettings } from "../config/settings-file.ts";
import { messageOf, TauError } from "../core/errors.ts";
import type { SessionSummary, Store } from "../core/store.ts";
import { collectRules, ownFolderRules } from "../policy/collect.ts";
import type { Policy, PolicyCall } from "../policy/decide.ts";
import { presetNames } from "../policy/presets.ts";
import { type Difference, type Simulation, simulate } from "../policy/simulate.ts";
import { offerTools } from "../tools/offer.ts";
import { ProcessHost } from "../tools/process/client.ts";
import { outputsFolder } from "../tools/process/outputs.ts";
import { shellReader } from "../tools/shell-reader.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { ownPaths, withLedger } from "./ledger.ts";
import { modes } from "./options.ts";
import { print } from "./print/streams.ts";
import { runtime } from "./runtime.ts";

const list = z.array(z.string()).default([]);
const wishes = z.object({
  allow: list,
  ask: list,
  deny: list,
  without: list,
  config: z.string().optional(),
  preset: z.enum([...presetNames, "none"]).optional(),
  mode: z.enum(modes).optional(),
  all: z.boolean().default(false),
  limit: z.coerce.number("must be a number").int().positive().default(2000),
  json: z.boolean().default(false),
});
type Wishes = z.infer<typeof wishes>;

/** Prints what would change. Nothing is written and nothing is run. */
export async function simulatePolicy(raw: object): Promise<void> {
  const wish = wishes.parse(raw);
  const root = projectRoot(workingFolder());
  const loaded = await loadSettings(ownPaths(), root, process.env, {});
  const before = policyOf(loaded, []);
  const after = await changed(loaded, wish);
  const calls = await withLedger(({ store }) => pastCalls(store, wish));
  const found = simulate(calls, before, after);
  print(wish.json ? JSON.stringify(found) : inWords(found, wish.all ? "all projects" : root));
}

function policyOf({ settings, layers, freest }: LoadedSettings, without: readonly string[]): Policy {
  const paths = ownPaths();
  const own = ownFolderRules({ ...paths, output: join(paths.state, outputsFolder) });
  const rules = collectRules(layers, { allow: [], deny: [] }).filter(({ text }) => !without.includes(text));
  return {
    mode: settings.mode ?? "ask",
    rules: [...own, ...rules],
    ...(freest && { freest: freest.mode }),
  };
}

/** The settings with the changes: another config.json in the place of the user's, and what the options add. */
async function changed(loaded: LoadedSettings, wish: Wishes): Promise<Policy> {
  const { allow, ask, deny, preset, mode } = wish;
  const file = wish.config === undefined ? null : await parseSettings(textOf(wish.config), wish.config);
  const layers = loaded.layers
    .filter(({ origin }) => file === null || (origin.layer !== "user" && origin.layer !== "profile"))
    .map((layer) => (preset === undefined ? layer : { ...layer, settings: withoutPreset(layer.settings) }));
  if (file !== null) layers.unshift({ origin: { layer: "user" }, ...file });
  const more: Settings = {
    ...(mode && { mode }),
    permissions: { allow, ask, deny, ...(preset && preset !== "none" && { preset }) },
  };
  layers.push({ origin: { layer: "flags" }, settings: more });
  return policyOf({ ...loaded, layers, settings: mergeLayers(layers) }, wish.without);
}

function withoutPreset(settings: Settings): Settings {
  if (settings.permissions === undefined) return settings;
  const { preset: _, ...permissions } = settings.permissions;
  return { ...settings, permissions };
}

function textOf(path: string): string {
  try {
    return readFileSync(resolve(workingFolder(), path), "utf8");
  } catch (error) {
    throw new TauError(
      "usage",
      `cannot read ${path}: ${messageOf(error)}`,
      "tau policy simulate --config FILE",
    );
  }
}

/** The calls models asked for, newest session first, each where it was made. */
async function pastCalls(store: Store, { all, limit }: Wishes): Promise<PolicyCall[]> {
  const toolbox = tools();
  const calls: PolicyCall[] = [];
  for (const session of await store.list({ ...(!all && { cwd: workingFolder() }), limit: maxSessions })) {
    for await (const call of callsOf(store, session, toolbox)) {
      calls.push(call);
      if (calls.length >= limit) return calls;
    }
  }
  return calls;
}

/** Sessions that are looked at. */
const maxSessions = 200;

async function* callsOf(
  store: Store,
  { id, cwd }: SessionSummary,
  toolbox: Toolbox,
): AsyncGenerator<PolicyCall> {
  const place = { cwd, projectRoot: projectRoot(cwd), home: homeFolder() };
  for await (const page of store.pathFromEnd(id)) {
    for (const entry of page) {
      if (entry.type !== "assistant.message") continue;
      for (const part of entry.parts) {
        if (part.type !== "tool_call") continue;
        const prepared = await toolbox.prepare(part, cwd);
        if (!("tool" in prepared)) continue;
        const { tool, intent, line } = prepared;
        yield { name: tool.name, access: tool.access, intent, ...(line && { line }), ...place };
      }
    }
  }
}

/** The tools, to say what a call would touch; none of them is run. */
function tools(): Toolbox {
  const { now, nodePath, helperPath, grammar } = runtime();
  const { state } = ownPaths();
  const host = new ProcessHost({
    helperPath,
    nodePath,
    hostId: "policy-simulation-only",
    stateDir: join(state, "processes"),
    spillDir: join(state, outputsFolder),
    env: {},
    now,
  });
  const parts = {
    host,
    shell: "/bin/sh",
    environment: {},
    now,
    lockPath: join(state, "edit.lock"),
    contacted: () => undefined,
    httpHosts: [],
    proxied: () => null,
    seen: [],
  };
  return new Toolbox(offerTools(parts, []), [], shellReader(grammar, now));
}

/** Differences shown of each kind. */
const shown = 15;

function inWords({ calls, asked, differences }: Simulation, where: string): string {
  const titles = {
    "newly allowed": "would run without a question:",
    "newly asked": "would be asked about:",
    "newly refused": "would be refused:",
  } as const;
  const sections = Object.entries(titles).flatMap(([change, title]) => {
    const those = differences.filter((one) => one.change === change);
    if (those.length === 0) return [];
    const rest = those.length > shown ? [`  and ${those.length - shown} more (--json)`] : [];
    return ["", title, ...those.slice(0, shown).map(asLine), ...rest];
  });
  return [
    `${calls} calls of ${where}: ${asked.before} asked, ${asked.after} with the change`,
    ...(differences.length === 0 ? ["no call would be decided otherwise"] : sections),
  ].join("\n");
}

function asLine({ summary, count, before, after }: Difference): string {
  const [line = ""] = summary.split("\n");
  const text = line.length > 70 || line !== summary ? `${line.slice(0, 70)}…` : line;
  return `  ${String(count).padStart(3)}×  ${text}  (${before.effect} by ${before.rule} → ${after.rule}, ${after.source})`;
}
