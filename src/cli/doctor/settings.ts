/** Settings, permission rules, keys and the model a run would have. Key values are never shown. */
import { openCatalogue } from "../../agent/catalogue.ts";
import { type Credentials, readCredentials } from "../../config/credentials.ts";
import { type EffectiveSetting, effectiveSettings } from "../../config/effective.ts";
import { loadSettings } from "../../config/load.ts";
import type { TauPaths } from "../../config/paths.ts";
import { projectRoot } from "../../config/project.ts";
import type { Settings } from "../../config/settings.ts";
import { findModel } from "../../models/catalogue.ts";
import { collectRules } from "../../policy/collect.ts";
import { connectionOf, findKey, keyProblem } from "../../providers/connection.ts";
import { defaultModel } from "../../providers/default-model.ts";
import { providerEntry, providers, resolveModel } from "../../providers/registry.ts";
import { makeFetch } from "../../providers/transport/fetch.ts";
import { workingFolder } from "../folder.ts";
import { type Check, problemOf } from "./check.ts";

const keyAdvice =
  "tau onboard sets one up (or set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY); without a key: tau --model demo/fix";

/** Looks at each on its own: a mistake in one file hides no other. */
export async function settingsChecks(
  paths: TauPaths,
  online: boolean,
  profile: string | undefined,
): Promise<Check[]> {
  const read = await settingsCheck(paths, profile);
  const stored = await credentialsOf(paths);
  const settings = read.settings ?? {};
  const checks = [
    ...read.checks,
    ...(stored.check ? [stored.check] : []),
    keysCheck(settings, stored.credentials),
  ];
  const model = settings.model ?? defaultModel(process.env, stored.credentials, settings.providers ?? {});
  if (!model)
    return [
      ...checks,
      { name: "model", state: "warning", detail: "none: no setting and no key", next: keyAdvice },
    ];
  if (model.startsWith("demo/")) return [...checks, { name: "model", state: "ok", detail: model }];
  const check = await modelCheck(model, settings, stored.credentials, paths);
  checks.push(check);
  if (online && check.state !== "problem") checks.push(await reach(model, settings, stored.credentials));
  return checks;
}

async function settingsCheck(
  paths: TauPaths,
  profile: string | undefined,
): Promise<{ settings: Settings | null; checks: Check[] }> {
  try {
    const loaded = await loadSettings(paths, projectRoot(workingFolder()), process.env, {
      ...(profile !== undefined && { profile }),
    });
    collectRules(loaded.layers, { allow: [], deny: [] });
    const files = loaded.layers.flatMap(({ origin }) => {
      if (origin.layer === "profile") return [`profile ${loaded.settings.profile}`];
      return origin.path ? [origin.path] : [];
    });
    const detail = files.join(", ") || "none written; defaults are in force";
    const ignored = effectiveSettings(loaded).filter((one) => one.ignored);
    const settings: Check =
      ignored.length === 0
        ? { name: "settings", state: "ok", detail }
        : {
            name: "settings",
            state: "warning",
            detail: `${detail}; not in force: ${ignored.map(placed).join(", ")} (a project's file can only tighten)`,
            next: "tau config list --origin shows what is in force",
          };
    return { settings: loaded.settings, checks: [settings] };
  } catch (error) {
    return {
      settings: null,
      checks: [problemOf("settings", error, "tau config edit (tau config schema prints every setting)")],
    };
  }
}

const placed = ({ key, place }: EffectiveSetting): string => (place === null ? key : `${key} (${place})`);

async function credentialsOf(paths: TauPaths): Promise<{ credentials: Credentials; check: Check | null }> {
  try {
    return { credentials: await readCredentials(paths), check: null };
  } catch (error) {
    return {
      credentials: {},
      check: problemOf("credentials", error, "tau auth login PROVIDER keeps a key anew"),
    };
  }
}

function keysCheck({ providers: custom = {} }: Settings, credentials: Credentials): Check {
  const ids = [...new Set([...providers.map(({ id }) => id), ...Object.keys(custom)])];
  try {
    const keys = ids.flatMap((id) => {
      const key = findKey(providerEntry(id, custom), process.env, credentials);
      return key ? [{ id, source: key.source, problem: keyProblem(key) }] : [];
    });
    const bad = keys.flatMap(({ problem }) => problem ?? []);
    if (bad.length > 0)
      return {
        name: "keys",
        state: "problem",
        detail: bad.join("; "),
        next: `tau auth login ${keys.find(({ problem }) => problem)?.id} keeps one anew; or set the variable on one line`,
      };
    const found = keys.map(({ id, source }) => `${id} (${source})`);
    if (found.length > 0) return { name: "keys", state: "ok", detail: found.join(", ") };
    return { name: "keys", state: "warning", detail: "none found", next: keyAdvice };
  } catch (error) {
    return problemOf("keys", error, "tau config edit");
  }
}

/** Whether a run would find the model's provider, key and address, and what is known of the model. */
async function modelCheck(
  name: string,
  settings: Settings,
  credentials: Credentials,
  paths: TauPaths,
): Promise<Check> {
  try {
    const { provider, model } = resolveModel(name, settings.providers ?? {});
    const [warning] = connectionOf(provider, process.env, credentials).warnings;
    if (warning !== undefined)
      return {
        name: "model",
        state: "warning",
        detail: `${name}: ${warning}`,
        next: `tau config set providers.${provider.id}.baseUrl https://HOST/PATH`,
      };
    const catalogue = await openCatalogue(provider.id, paths);
    const info = findModel(catalogue, model, settings.models ?? {});
    if (info.price !== null) return { name: "model", state: "ok", detail: name };
    const { unknownModel } = await import("../../agent/model-names.ts");
    const unknown = info.entry === null ? unknownModel(name, info, catalogue) : null;
    return {
      name: "model",
      state: "warning",
      detail: `${name} has no known price: it runs unpriced, and not under a money budget${unknown ? `. ${unknown}` : ""}`,
      next: `tau models list ${provider.id} shows the names; its price: tau config set 'models.${name}.price' '{"input": 1, "output": 5}'`,
    };
  } catch (error) {
    return problemOf("model", error, "tau models list shows what is known");
  }
}

/** Connects to the model's own host, with no key: whether it answers at all is the question. */
async function reach(model: string, settings: Settings, credentials: Credentials): Promise<Check> {
  const { provider } = resolveModel(model, settings.providers ?? {});
  const { baseUrl } = connectionOf(provider, process.env, credentials);
  const { host } = new URL(baseUrl);
  const startedAt = performance.now();
  try {
    const fetch = makeFetch({ env: process.env, connectMs: 10_000 });
    const signal = AbortSignal.timeout(15_000);
    (await fetch(baseUrl, { method: "GET", headers: {}, signal })).release();
    const ms = Math.round(performance.now() - startedAt);
    return { name: "online", state: "ok", detail: `${host} answers (${ms} ms)` };
  } catch (error) {
    const found = problemOf("online", error, "");
    const next = `check the network, the proxy variables and the base URL: curl -sSI ${new URL(baseUrl).origin}`;
    return { ...found, detail: `${host}: ${found.detail}`, next };
  }
}
