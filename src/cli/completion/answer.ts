/**
 * What a shell asks while somebody types: the candidates of one source. Read-only, offline, and without a word about
 * whatever is missing or damaged: a completion has no place to complain in.
 */
import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Environment, TauPaths } from "../../config/paths.ts";
import { readText } from "../../config/read-text.ts";
import { ownValue } from "../../core/own.ts";
import type { DynamicSource } from "./sources.ts";

/** A candidate and a few words about it. */
export type Candidate = { value: string; about?: string };

/** Who asks. `before`: the word before the one that is typed. */
export type Asker = { paths: TauPaths; cwd: string; env: Environment; typed: string; before: string };

/** Enough to choose from; a shell lists no more without asking first. */
const sessionLimit = 100;

/** The candidates that begin with what was typed. */
export async function candidatesOf(source: DynamicSource, asker: Asker): Promise<Candidate[]> {
  return (await all(source, asker)).filter(({ value }) => value.startsWith(asker.typed));
}

async function all(source: DynamicSource, asker: Asker): Promise<Candidate[]> {
  switch (source) {
    case "models":
      return models(asker);
    case "providers":
      return (await providerNames(asker)).map((value) => ({ value }));
    case "sessions":
      return sessions(asker);
    case "profiles":
      return Object.keys(objectAt(await ownSettings(asker.paths), "profiles")).map((value) => ({ value }));
    case "themes":
      return themes(asker.paths);
    case "config-keys": {
      const { settingNames } = await import("./setting-names.ts");
      return settingNames(await ownSettings(asker.paths));
    }
    case "config-values":
      return settingValues(asker);
  }
}

/** Thousands are known: first the provider, then its models. */
async function models(asker: Asker): Promise<Candidate[]> {
  const own = await ownSettings(asker.paths);
  const slash = asker.typed.indexOf("/");
  if (slash === -1)
    return [...(await providerNames(asker)).map((id) => ({ value: `${id}/` })), { value: "demo/fix" }];
  const provider = asker.typed.slice(0, slash);
  const { openCatalogue } = await import("../../agent/catalogue.ts");
  const catalogue = await openCatalogue(provider, asker.paths);
  const names = new Map<string, string>();
  for (const [id, { name }] of Object.entries(catalogue.models)) names.set(`${provider}/${id}`, name ?? "");
  for (const name of Object.keys(objectAt(own, "models")))
    if (!names.has(name)) names.set(name, "from your settings");
  if (provider === "demo") names.set("demo/fix", "needs no key and no network");
  return [...names].map(([value, about]) => ({ value, about }));
}

async function providerNames({ paths }: Asker): Promise<string[]> {
  const { providers } = await import("../../providers/registry.ts");
  const own = Object.keys(objectAt(await ownSettings(paths), "providers"));
  return [...new Set([...providers.map(({ id }) => id), ...own])];
}

async function sessions({ paths, cwd, typed }: Asker): Promise<Candidate[]> {
  const { sessionTitles } = await import("../../sessions/titles.ts");
  const found = await sessionTitles(join(paths.data, "tau.db"), { cwd, typed, limit: sessionLimit });
  return found.map(({ id, title, cwd: folder }) => ({
    value: id,
    about: folder === cwd ? (title ?? "no title") : `${title ?? "no title"} (${folder})`,
  }));
}

async function themes({ config }: TauPaths): Promise<Candidate[]> {
  const { themes: shipped } = await import("../../tui/theme/themes.ts");
  const own = readdirOrNothing(join(config, "themes"))
    .filter((name) => /\.jsonc?$/.test(name))
    .map((name) => basename(name, extname(name)).toLowerCase());
  return [...new Set(["auto", ...shipped.map(({ name }) => name), ...own])].map((value) => ({ value }));
}

function readdirOrNothing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // most people have none
  }
}

/** What may stand in the setting whose name was typed before. */
async function settingValues(asker: Asker): Promise<Candidate[]> {
  const key = asker.before.replace(/^profiles\.[^.]*\./, "");
  if (key === "model" || key === "fallback") return models(asker);
  if (key === "theme") return themes(asker.paths);
  if (key === "profile")
    return Object.keys(objectAt(await ownSettings(asker.paths), "profiles")).map((value) => ({ value }));
  const { valuesOf } = await import("./setting-names.ts");
  return valuesOf(key).map((value) => ({ value }));
}

/** The user's own file, as far as it can be read. */
async function ownSettings({ config }: TauPaths): Promise<unknown> {
  const text = readText(join(config, "config.json"));
  if (text === null) return {};
  const { parse } = await import("jsonc-parser");
  return parse(text, [], { allowTrailingComma: true }) as unknown;
}

function objectAt(value: unknown, key: string): object {
  if (typeof value !== "object" || value === null) return {};
  const inner: unknown = ownValue(value as { [name: string]: unknown }, key);
  return typeof inner === "object" && inner !== null ? inner : {};
}
