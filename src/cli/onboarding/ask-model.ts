/** Which model, with price and window; and whether it answers. */

import { openCatalogue } from "../../agent/catalogue.ts";
import { readCredentials } from "../../config/credentials.ts";
import type { Settings } from "../../config/settings.ts";
import { formatUsd } from "../../core/usage.ts";
import { findModel } from "../../models/catalogue.ts";
import type { ModelInfo } from "../../models/model-info.ts";
import { providerEntry, resolveModel } from "../../providers/registry.ts";
import { checkKey, checkMs } from "../auth/check-key.ts";
import { type ModelRow, matching, modelRows, rowText } from "./model-rows.ts";
import { probe, probeCost } from "./probe.ts";
import type { Setup } from "./setup.ts";
import type { Answer, Asking } from "./wizard.ts";

/** Longer names are shown past the column. */
const widestName = 36;
/** How long the model may take to answer the trial, in ms. */
const trialMs = 60_000;

/** Asks for the model of the chosen provider; its current one stands first. */
export async function askModel(asking: Asking): Promise<Answer> {
  const { asker, paths, settings, setup } = asking;
  const { provider } = setup;
  if (provider === undefined) return {};
  const listed = asking.listed ?? (await listAgain(asking, provider));
  const rows = await modelRows(provider, listed, paths, settings);
  const current = settings.model;
  const isCurrent = ({ info }: ModelRow): boolean => `${provider}/${info.id}` === current;
  const ordered = [...rows.filter(isCurrent), ...rows.filter((row) => !isCurrent(row))];
  if (ordered.length === 0) {
    asker.tell(`${provider} has no models to choose from yet.`);
    const name = (await asker.text({ message: "Name of the model (Enter for none now):" })).trim();
    return name === "" ? {} : { model: `${provider}/${name}` };
  }
  const width = Math.min(widestName, Math.max(...ordered.map(({ info }) => info.id.length)));
  const row = await asker.search<ModelRow | string>({
    message: "Which model? (window in tokens, $ per million tokens; type to search)",
    find(words) {
      const found = matching(ordered, words).map((one) => ({
        value: one,
        short: one.info.id,
        name: `${rowText(one, width)}${isCurrent(one) ? " (current)" : one.isPreferred ? " (recommended)" : ""}`,
      }));
      // Deployments and the newest models are on no list.
      const name = words.trim();
      return found.length > 0 || name === "" ? found : [{ value: name, name: `${name} (as typed)` }];
    },
  });
  if (typeof row === "string") return { model: `${provider}/${row}` };
  return {
    model: `${provider}/${row.info.id}`,
    ...(row.window !== null && { contextWindow: row.window }),
  };
}

/** A wizard that is gone on with has no list any more. */
async function listAgain({ asker, paths, settings, setup }: Asking, id: string) {
  const provider = providerEntry(id, providersWith(settings, setup));
  asker.tell(`Asking ${provider.name} for its models (free) ...`);
  const stored = await readCredentials(paths);
  const result = await asker.during((signal) =>
    checkKey(provider, stored, AbortSignal.any([signal, AbortSignal.timeout(checkMs)])),
  );
  if (result.ok) return result.models;
  asker.tell(`${result.message}; these are the models Tau knows of.`);
  return null;
}

/** The settings' providers with the one that was just named. */
export function providersWith(
  settings: Settings,
  { provider, baseUrl, dialect, keyEnv }: Setup,
): NonNullable<Settings["providers"]> {
  if (provider === undefined || (baseUrl === undefined && keyEnv === undefined))
    return settings.providers ?? {};
  return {
    ...settings.providers,
    [provider]: {
      ...settings.providers?.[provider],
      ...(baseUrl !== undefined && { baseUrl }),
      ...(dialect !== undefined && { dialect }),
      ...(keyEnv !== undefined && { apiKeyEnv: keyEnv }),
    },
  };
}

/** What is known of the chosen model; null when none is. */
export async function chosenModel({ paths, settings, setup }: Asking): Promise<ModelInfo | null> {
  if (setup.model === undefined) return null;
  const { provider, model } = resolveModel(setup.model, providersWith(settings, setup));
  return findModel(await openCatalogue(provider.id, paths), model, settings.models ?? {});
}

/** One short request, when the person agrees to it; on failure another model can be chosen. */
export async function tryModel(asking: Asking): Promise<Answer> {
  const { asker, paths } = asking;
  for (;;) {
    const info = await chosenModel(asking);
    const { model } = asking.setup;
    if (info === null || model === undefined) return {};
    const settings = { ...asking.settings, providers: providersWith(asking.settings, asking.setup) };
    const isLocal = resolveModel(model, settings.providers).provider.local;
    const cost = probeCost(info, Date.now());
    const price = isLocal
      ? "it runs on this machine"
      : `it costs ${cost === null ? "what its provider asks, Tau knows no price" : `at most ${cost}`}, and is not in Tau's ledger`;
    const yes = await asker.confirm({
      message: `Try ${info.id} with one short request? (${price})`,
      default: true,
    });
    if (!yes) return asking.setup;
    asker.tell(`Waiting for ${info.id} (Esc goes on without) ...`);
    const credentials = await readCredentials(paths);
    const result = await asker.during((signal) =>
      probe(model, {
        credentials,
        settings,
        paths,
        signal: AbortSignal.any([signal, AbortSignal.timeout(trialMs)]),
      }),
    );
    if (result.ok) {
      const spent = result.cost === null || isLocal ? "" : `, ${formatUsd(result.cost)}`;
      const tools = result.calledTool
        ? "it answers and calls tools"
        : "it answers, but did not call the tool it was asked to: it may be of little use for work on code";
      asker.tell(`${tools} (first word after ${(result.firstMs / 1000).toFixed(1)} s${spent}).`);
      if (result.calledTool) return asking.setup;
    } else if (result.error.code === "aborted") {
      asker.tell("Not tried.");
      return asking.setup;
    } else asker.tell(`${info.id}: ${result.error.message}${creditHint(result.error.code)}`);
    const next = await asker.choose({
      message: "What now?",
      choices: [
        { value: "model", name: "Choose another model" },
        { value: "again", name: "Try again" },
        { value: "on", name: "Go on with it" },
      ],
    });
    if (next === "on") return asking.setup;
    if (next === "model") {
      const answer = await askModel(asking);
      if (answer !== "demo") asking.setup = { ...asking.setup, contextWindow: undefined, ...answer };
    }
  }
}

const creditHint = (code: string): string =>
  code === "quota"
    ? "\n  The account has no credit: add some on the provider's page, or choose another."
    : "";
