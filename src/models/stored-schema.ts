/** The zod schema of the stored catalogue. Apart, so that only who reads foreign data loads it. */
import * as z from "zod";

const dollars = z.number().nonnegative().max(100_000);
const tokens = z.int().positive();

const usdPerMtok = {
  input: dollars,
  output: dollars,
  cacheRead: dollars.optional(),
  cacheWrite5m: dollars.optional(),
  cacheWrite1h: dollars.optional(),
};

const card = z.strictObject({
  ...usdPerMtok,
  tiers: z.array(z.strictObject({ above: tokens, ...usdPerMtok })).optional(),
});

const second = z.int().min(0).max(86_400);

const price = card.extend({
  changes: z
    .array(card.extend({ from: z.iso.date().optional(), daily: z.tuple([second, second]).optional() }))
    .optional(),
  service: z
    .strictObject({
      batch: card.optional(),
      flex: card.optional(),
      priority: card.optional(),
      fast: card.optional(),
    })
    .optional(),
  source: z.enum(["genai-prices", "pi-ai", "models.dev", "config", "refreshed"]),
});

const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

/** One model; see `StoredModel`. */
export const storedModelSchema = z.strictObject({
  name: z.string(),
  window: tokens,
  maxInput: tokens.optional(),
  output: tokens,
  can: z.string().regex(/^[vftsh]*$/),
  reasoning: z
    .strictObject({
      efforts: z.array(effort).optional(),
      budget: z.strictObject({ min: z.int().nonnegative(), max: tokens.optional() }).optional(),
    })
    .optional(),
  knowledge: z.string().optional(),
  deprecated: z.literal(true).optional(),
  price: price.optional(),
});

/** One provider's file; see `StoredProvider`. */
export const storedProviderSchema = z.strictObject({
  v: z.literal(1),
  // It becomes a file name.
  provider: z.string().regex(/^\w[\w.-]*$/),
  date: z.iso.date(),
  models: z.record(z.string().min(1), storedModelSchema),
});
