/** `tau doctor`: what Tau finds on this machine, what is wrong with it, and what to do. Offline unless asked. */
import { accessSync, constants, existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { openCatalogue } from "../agent/catalogue.ts";
import { readCredentials } from "../config/credentials.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import type { Settings } from "../config/settings.ts";
import { exitCodes, messageOf, TauError } from "../core/errors.ts";
import { findModel } from "../models/catalogue.ts";
import { loadSources } from "../models/shipped.ts";
import { connectionOf, findKey } from "../providers/connection.ts";
import { defaultModel } from "../providers/default-model.ts";
import { providerEntry, providers, resolveModel } from "../providers/registry.ts";
import { makeFetch } from "../providers/transport/fetch.ts";
import { ownPaths, withLedger } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { table } from "./table.ts";

const options = z.object({ online: z.boolean().default(false), json: z.boolean().default(false) });

type Check = { name: string; state: "ok" | "warning" | "problem"; detail: string; next?: string };

/** Runs the checks, prints them, and returns the exit code: 1 when something is wrong. */
export async function runDoctor(raw: object): Promise<number> {
  const { online, json } = options.parse(raw);
  const checks = [...versions(), ...(await settingsAndKeys(online)), await store(), await catalogue()];
  if (json) print(JSON.stringify({ checks }));
  else {
    const marks = { ok: "ok", warning: "!", problem: "X" };
    const lines = table(
      [{ title: "" }, { title: "" }, { title: "" }],
      checks.map((check) => [marks[check.state], check.name, check.detail]),
    ).slice(1);
    const withNext = checks.flatMap((check, index) => [
      lines[index] ?? "",
      ...(check.next ? [`      ${check.next}`] : []),
    ]);
    print(withNext.join("\n"));
  }
  return checks.some((check) => check.state === "problem") ? exitCodes.failure : exitCodes.done;
}

function versions(): Check[] {
  const { version, helperPath } = runtime();
  return [
    { name: "tau", state: "ok", detail: version },
    { name: "node", state: "ok", detail: `${process.version} (${process.execPath})` },
    existsSync(helperPath)
      ? { name: "spawn helper", state: "ok", detail: helperPath }
      : { name: "spawn helper", state: "problem", detail: `${helperPath} is missing`, next: "npm run build" },
  ];
}

async function settingsAndKeys(online: boolean): Promise<Check[]> {
  const paths = ownPaths();
  const checks: Check[] = [];
  try {
    const { settings, layers } = await loadSettings(paths, projectRoot(process.cwd()), process.env, {});
    const files = layers.flatMap(({ origin }) => (origin.path ? [origin.path] : []));
    checks.push({
      name: "settings",
      state: "ok",
      detail: files.join(", ") || "none written; defaults are in force",
    });
    const credentials = readCredentials(paths);
    const custom = settings.providers ?? {};
    const found = [...new Set([...providers.map(({ id }) => id), ...Object.keys(custom)])].flatMap((id) => {
      const key = findKey(providerEntry(id, custom), process.env, credentials);
      return key ? [`${id} (${key.source})`] : [];
    });
    checks.push(
      found.length > 0
        ? { name: "keys", state: "ok", detail: found.join(", ") }
        : {
            name: "keys",
            state: "warning",
            detail: "none found",
            next: "set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or try: tau --model demo/fix",
          },
    );
    const model = settings.model ?? defaultModel(process.env, credentials, custom);
    if (!model) checks.push({ name: "model", state: "warning", detail: "none: no setting and no key" });
    else if (model.startsWith("demo/")) checks.push({ name: "model", state: "ok", detail: model });
    else {
      const check = await modelCheck(model, settings, credentials);
      checks.push(check);
      if (online && check.state !== "problem") checks.push(await reach(model, custom, credentials));
    }
  } catch (error) {
    checks.push(problemOf("settings", error));
  }
  return checks;
}

function problemOf(name: string, error: unknown): Check {
  const next = error instanceof TauError ? error.hint : undefined;
  return { name, state: "problem", detail: messageOf(error), ...(next && { next }) };
}

/** Whether a run would find the model's provider, key and address, and what is known of the model. */
async function modelCheck(
  model: string,
  settings: Settings,
  credentials: Parameters<typeof connectionOf>[2],
): Promise<Check> {
  try {
    const resolved = resolveModel(model, settings.providers ?? {});
    connectionOf(resolved.provider, process.env, credentials);
    const catalogue = await openCatalogue(resolved.provider.id, ownPaths());
    const { price } = findModel(catalogue, resolved.model, settings.models ?? {});
    if (price !== null) return { name: "model", state: "ok", detail: model };
    return {
      name: "model",
      state: "warning",
      detail: `${model} has no known price: it runs unpriced, and not under a money budget`,
      next: "check its name (tau models list), or give its price in the settings under models",
    };
  } catch (error) {
    return problemOf("model", error);
  }
}

/** Connects to the model's own host, with no key: whether it answers at all is the question. */
async function reach(
  model: string,
  custom: Parameters<typeof resolveModel>[1],
  credentials: Parameters<typeof connectionOf>[2],
): Promise<Check> {
  const { provider } = resolveModel(model, custom);
  const { baseUrl } = connectionOf(provider, process.env, credentials);
  const startedAt = performance.now();
  try {
    const fetch = makeFetch({ env: process.env, connectMs: 10_000 });
    const response = await fetch(baseUrl, {
      method: "GET",
      headers: {},
      signal: AbortSignal.timeout(15_000),
    });
    response.release();
    return {
      name: "online",
      state: "ok",
      detail: `${new URL(baseUrl).host} answers (${Math.round(performance.now() - startedAt)} ms)`,
    };
  } catch (error) {
    return {
      name: "online",
      state: "problem",
      detail: `${new URL(baseUrl).host}: ${messageOf(error)}`,
      next: "check the network, the proxy variables and the base URL",
    };
  }
}

async function store(): Promise<Check> {
  const path = join(ownPaths().data, "tau.db");
  const folder = nearestExisting(dirname(path));
  try {
    if (!statSync(folder).isDirectory())
      return {
        name: "store",
        state: "problem",
        detail: `${folder} is no folder, so ${path} cannot be made`,
        next: "remove it, or set TAU_HOME",
      };
    accessSync(folder, constants.W_OK);
    if (!existsSync(path))
      return { name: "store", state: "ok", detail: `${path} (will be made with the first session)` };
    const sessions = await withLedger(({ store: ledger }) => ledger.list({}));
    const open = (statSync(path).mode & 0o077) !== 0;
    return open
      ? {
          name: "store",
          state: "warning",
          detail: `${path} can be read by others`,
          next: `chmod 600 ${path}`,
        }
      : {
          name: "store",
          state: "ok",
          detail: `${path}: ${sessions.length} sessions, ${Math.ceil(statSync(path).size / 1024)} KB`,
        };
  } catch (error) {
    return {
      name: "store",
      state: "problem",
      detail: messageOf(error),
      next: error instanceof TauError && error.hint ? error.hint : `make ${folder} writable, or set TAU_HOME`,
    };
  }
}

function nearestExisting(folder: string): string {
  return isThere(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

/** A link that leads nowhere is there too, and in the way. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

async function catalogue(): Promise<Check> {
  const { date } = await loadSources();
  return { name: "catalogue", state: "ok", detail: `models and prices of ${date}` };
}
