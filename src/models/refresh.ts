/** A catalogue from outside: checks what a file or a URL gave and turns it into files Tau can load. No I/O here. */
import * as z from "zod";
import { TauError } from "../core/errors.ts";
import type { ProviderCatalogue } from "./catalogue.ts";
import { catalogueName } from "./hosts.ts";
import { fromModelsDev, type ModelsDevModel } from "./models-dev.ts";
import type { StoredModel, StoredProvider } from "./stored.ts";
import { storedProviderSchema } from "./stored-schema.ts";

/** What a refresh gives: files for the data folder (`<provider>.json`), to be written by the caller, and what they hold. */
export type Refreshed = {
  files: { name: string; text: string }[];
  providers: { provider: string; models: number; priced: number }[];
};

const ownFormat = z.union([storedProviderSchema, z.array(storedProviderSchema).min(1)]);

const cost = {
  input: z.number().optional(),
  output: z.number().optional(),
  cache_read: z.number().optional(),
  cache_write: z.number().optional(),
};

/** models.dev's api.json: loose, because it grows fields; strict in the fields Tau reads. */
const modelsDevModel = z.object({
  id: z.string(),
  name: z.string().optional(),
  reasoning: z.boolean().optional(),
  temperature: z.boolean().optional(),
  tool_call: z.boolean().optional(),
  structured_output: z.boolean().optional(),
  knowledge: z.string().optional(),
  status: z.string().optional(),
  cost: z
    .object({
      ...cost,
      tiers: z
        .array(z.object({ ...cost, tier: z.object({ size: z.int().positive().optional() }).optional() }))
        .optional(),
    })
    .optional(),
  limit: z
    .object({
      context: z.int().nonnegative().optional(),
      input: z.int().nonnegative().optional(),
      output: z.int().nonnegative().optional(),
    })
    .optional(),
  modalities: z
    .object({ input: z.array(z.string()).optional(), output: z.array(z.string()).optional() })
    .optional(),
  reasoning_options: z
    .array(
      z.object({
        type: z.string(),
        values: z.array(z.string().nullable()).optional(),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    )
    .optional(),
  experimental: z
    .object({
      modes: z
        .record(z.string(), z.object({ cost: z.object(cost).optional(), provider: z.unknown().optional() }))
        .optional(),
    })
    .optional(),
});

const modelsDevFile = z.record(
  z.string().regex(/^\w[\w.-]*$/),
  z.object({ models: z.record(z.string(), z.unknown()) }),
);

/**
 * Reads a catalogue in Tau's own format (a provider's file or a list of them) or in models.dev's `api.json`.
 * `today` (`YYYY-MM-DD`) dates a models.dev file, which has no date of its own.
 * A models.dev model that does not fit is left out; a file of which nothing fits is refused.
 * @throws TauError `config` when the text is neither; it names the place.
 */
export function refreshCatalogue(text: string, today: string): Refreshed {
  const data = parseJson(text);
  const looksOwn = Array.isArray(data) || (typeof data === "object" && data !== null && "v" in data);
  const providers = looksOwn ? readOwn(data) : readModelsDev(data, today);
  if (providers.every(({ models }) => Object.keys(models).length === 0)) {
    throw notACatalogue("it describes no model Tau can use");
  }
  return {
    files: providers.map((file) => ({ name: `${file.provider}.json`, text: `${JSON.stringify(file)}\n` })),
    providers: providers.map(({ provider, models }) => ({
      provider,
      models: Object.keys(models).length,
      priced: Object.values(models).filter((model) => model.price !== undefined).length,
    })),
  };
}

/**
 * One file a refresh wrote, read back.
 * @throws TauError `config` when it was damaged since.
 */
export function parseRefreshed(text: string): ProviderCatalogue {
  const parsed = storedProviderSchema.safeParse(parseJson(text));
  if (!parsed.success) throw notACatalogue(placeOf(parsed.error));
  const { provider, date, models } = parsed.data;
  return { provider, date, origin: "refreshed", models };
}

function readOwn(data: unknown): StoredProvider[] {
  const parsed = ownFormat.safeParse(data);
  if (!parsed.success) throw notACatalogue(placeOf(parsed.error));
  return Array.isArray(parsed.data) ? parsed.data : [parsed.data];
}

function readModelsDev(data: unknown, today: string): StoredProvider[] {
  const parsed = modelsDevFile.safeParse(data);
  if (!parsed.success) throw notACatalogue(placeOf(parsed.error));
  return Object.entries(parsed.data).map(([provider, { models }]) => ({
    v: 1,
    provider: catalogueName(provider),
    date: today,
    models: Object.fromEntries(
      Object.entries(models).flatMap(([id, raw]): [string, StoredModel][] => {
        const model = modelsDevModel.safeParse(raw);
        const stored = model.success ? fromModelsDev(withoutNulls(model.data)) : null;
        return stored === null ? [] : [[id, asRefreshed(stored)]];
      }),
    ),
  }));
}

/** Marks where the price came from, for who wonders why it differs from the shipped one. */
function asRefreshed(model: StoredModel): StoredModel {
  return model.price === undefined ? model : { ...model, price: { ...model.price, source: "refreshed" } };
}

/** models.dev writes null for "no effort word" in some lists. */
function withoutNulls(model: z.infer<typeof modelsDevModel>): ModelsDevModel {
  return {
    ...model,
    reasoning_options: model.reasoning_options?.map((option) => ({
      ...option,
      values: option.values?.filter((value) => value !== null),
    })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notACatalogue("it is not JSON", error);
  }
}

function placeOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined
    ? "it has the wrong shape"
    : `${issue.path.join(".") || "the file"}: ${issue.message}`;
}

function notACatalogue(why: string, cause?: unknown): TauError {
  return new TauError(
    "config",
    `This is not a model catalogue: ${why}.`,
    "Give a file in Tau's own format or models.dev's api.json (https://models.dev/api.json).",
    { cause },
  );
}
