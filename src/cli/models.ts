/** `tau models`: list, show, refresh. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openCatalogue } from "../agent/catalogue.ts";
import { modelsLike, refuseBareName } from "../agent/model-names.ts";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import type { Settings } from "../config/settings.ts";
import { messageOf, TauError } from "../core/errors.ts";
import { nearestNames } from "../core/likeness.ts";
import { findModel } from "../models/catalogue.ts";
import type { ModelInfo } from "../models/model-info.ts";
import { usdPerMtok } from "../models/rates.ts";
import { loadSources, shippedProviders } from "../models/shipped.ts";
import { providerEntry, providers, resolveModel } from "../providers/registry.ts";
import { makeFetch } from "../providers/transport/fetch.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { print } from "./print/streams.ts";
import { compact, table } from "./table.ts";

const options = z.object({
  provider: z.string().optional(),
  json: z.boolean().default(false),
  profile: z.string().optional(),
});

/** Bytes of a catalogue that are read at most. */
const catalogueLimit = 32 * 1024 * 1024;

/** Runs one of the actions. */
export async function runModels(action: string, what: string | undefined, raw: object): Promise<void> {
  const { provider, json, profile } = options.parse(raw);
  const settings = async (): Promise<Settings> =>
    (
      await loadSettings(ownPaths(), projectRoot(workingFolder()), process.env, {
        ...(profile && { profile }),
      })
    ).settings;
  switch (action) {
    case "list":
      return list(provider, what, json, settings);
    case "show":
      if (!what) throw new TauError("usage", "which model?", "tau models show provider/model");
      return show(what, json, await settings());
    case "refresh":
      if (!what)
        throw new TauError(
          "usage",
          "refresh from where?",
          "tau models refresh FILE-OR-URL (such as a models.dev api.json)",
        );
      return refresh(what);
    default:
      // `tau models haiku` is what people write who look for one.
      if (what === undefined) return list(provider, action, json, settings);
      throw new TauError("usage", `there is no action "${action}"`, "use list, show or refresh");
  }
}

async function list(
  provider: string | undefined,
  text: string | undefined,
  json: boolean,
  settings: () => Promise<Settings>,
): Promise<void> {
  const callable = new Set(providers.map((entry) => entry.id));
  // An unknown one is refused, with the nearest names.
  const chosen = provider
    ? [providerEntry(provider, (await settings()).providers ?? {}).id]
    : shippedProviders.filter((id) => callable.has(id));
  const wanted = text?.toLowerCase();
  const models: ModelInfo[] = [];
  for (const id of chosen) {
    const catalogue = await openCatalogue(id, ownPaths());
    for (const name of Object.keys(catalogue.models)) {
      const info = findModel(catalogue, name);
      if (!wanted || `${id}/${name} ${info.name}`.toLowerCase().includes(wanted)) models.push(info);
    }
  }
  if (json) return print(JSON.stringify(models));
  if (models.length === 0) throw await nothingFits(text, provider);
  const rows = models.map((model) => [
    `${model.provider}/${model.id}`,
    compact(model.contextWindow),
    compact(model.maxOutput),
    ...(model.price
      ? [model.price.rates.input, model.price.rates.cacheRead, model.price.rates.output].map(dollars)
      : ["unpriced", "", ""]),
    [model.capabilities.vision && "vision", model.reasoning && "reasoning", model.deprecated && "deprecated"]
      .filter(Boolean)
      .join(" "),
  ]);
  const right = { align: "right" as const };
  print(
    table(
      [
        { title: "model" },
        { title: "window", ...right },
        { title: "output", ...right },
        { title: "$/M in", ...right },
        { title: "cached", ...right },
        { title: "out", ...right },
        { title: "" },
      ],
      rows,
    ).join("\n"),
  );
  const { date, sources } = await loadSources();
  print(
    `\nCatalogue of ${date}, from ${sources.map(({ source }) => source).join(", ")}. Prices in US dollars per million tokens.`,
  );
}

async function nothingFits(text: string | undefined, provider: string | undefined): Promise<TauError> {
  if (!text)
    return new TauError(
      "usage",
      `there is no catalogue of ${provider}: it has whatever models it was given`,
      `name one as ${provider}/MODEL`,
    );
  const [action] = nearestNames(text, ["list", "show", "refresh"]);
  if (action) return new TauError("usage", `there is no action "${text}"`, `did you mean ${action}?`);
  const near = await modelsLike(text, ownPaths());
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "tau models list shows all that are known";
  return new TauError("usage", `no known model fits "${text}"`, hint);
}

async function show(name: string, json: boolean, settings: Settings): Promise<void> {
  if (!name.includes("/")) throw await refuseBareName(name, ownPaths());
  const { provider, model } = resolveModel(name, settings.providers ?? {});
  const info = findModel(await openCatalogue(provider.id, ownPaths()), model, settings.models ?? {});
  if (json) return print(JSON.stringify(info));
  const { price, reasoning, capabilities } = info;
  const abilities = Object.entries(capabilities).flatMap(([ability, has]) => (has ? [ability] : []));
  const lines = [
    `${info.provider}/${info.id}  ${info.name}${info.deprecated ? "  (deprecated)" : ""}`,
    `window     ${compact(info.contextWindow)} tokens${info.maxInput ? `, prompt at most ${compact(info.maxInput)}` : ""}`,
    `output     ${compact(info.maxOutput)} tokens`,
    `can        ${abilities.join(", ")}`,
    `reasoning  ${reasoning ? reasoning.efforts.join(", ") || "always on" : "none"}`,
    ...(info.knowledge ? [`knowledge  ${info.knowledge}`] : []),
    ...(info.entry === null
      ? ["note       not in the catalogue: default limits, no price (set them in config under models)"]
      : []),
    ...(price
      ? [
          `price      ${rates(price.rates)}  (US dollars per million tokens, from ${info.priceSource ?? "the catalogue"})`,
          ...price.tiers.map(
            (tier) => `           above ${compact(tier.above)} prompt tokens: ${rates(tier.rates)}`,
          ),
          ...price.changes.map(
            (change) =>
              `           ${"from" in change.when ? `from ${change.when.from}` : `daily from ${clock(change.when.daily.start)} to ${clock(change.when.daily.end)} UTC`}: ${rates(change.rates)}`,
          ),
          ...Object.entries(price.serviceTiers).flatMap(([tier, card]) =>
            card ? [`           ${tier}: ${rates(card.rates)}`] : [],
          ),
        ]
      : ["price      unpriced: it cannot run under a money budget"]),
  ];
  print(lines.join("\n"));
}

function rates({
  input,
  output,
  cacheRead,
  cacheWrite5m,
  cacheWrite1h,
}: {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}): string {
  const shown = `in ${dollars(input)}, out ${dollars(output)}, cache read ${dollars(cacheRead)}`;
  return cacheWrite5m === input && cacheWrite1h === input
    ? shown
    : `${shown}, write 5m ${dollars(cacheWrite5m)}, write 1h ${dollars(cacheWrite1h)}`;
}

const dollars = (rate: number): string => String(usdPerMtok(rate));

const clock = (seconds: number): string =>
  `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;

/** Reads a catalogue and keeps it beside the ledger, where it stands before the shipped one. */
async function refresh(source: string): Promise<void> {
  const { refreshCatalogue } = await import("../models/refresh.ts");
  const text = /^https?:\/\//.test(source) ? await download(source) : readText(source);
  const { files, providers: found } = refreshCatalogue(text, new Date().toISOString().slice(0, 10));
  const folder = join(ownPaths().data, "models");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of files) {
    const path = join(folder, file.name);
    writeFileSync(`${path}.new`, file.text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  const sum = (key: "models" | "priced"): number => found.reduce((total, one) => total + one[key], 0);
  print(
    `${found.length} providers, ${sum("models")} models (${sum("priced")} priced) written to ${folder}; remove that folder to go back to the shipped catalogue.`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path.replace(/^~(?=\/)/, homeFolder()), "utf8");
  } catch (error) {
    throw new TauError("usage", `cannot read ${path}: ${messageOf(error)}`, "tau models refresh FILE-OR-URL");
  }
}

async function download(url: string): Promise<string> {
  const fetch = makeFetch({ env: process.env, connectMs: 10_000 });
  const response = await fetch(url, {
    method: "GET",
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(60_000),
  });
  try {
    if (response.status !== 200)
      throw new TauError(
        "unavailable",
        `${url} answered ${response.status}`,
        "give the final address, redirects are not followed",
      );
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > catalogueLimit)
        throw new TauError(
          "failure",
          `${url} is larger than ${catalogueLimit} bytes`,
          "tau models refresh https://models.dev/api.json",
        );
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    response.release();
  }
}
