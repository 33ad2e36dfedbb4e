/** One short request to a model with a tool to call: whether it answers, how fast, and whether it can use tools. */
import { openTargets } from "../../agent/target.ts";
import type { Credentials } from "../../config/credentials.ts";
import type { TauPaths } from "../../config/paths.ts";
import type { Settings } from "../../config/settings.ts";
import type { ModelError, ModelRequest } from "../../core/model.ts";
import { formatUsd, type NanoUsd, zeroUsage } from "../../core/usage.ts";
import { priceUsage, worstCase } from "../../meter/price.ts";
import type { ModelInfo } from "../../models/model-info.ts";
import { redactor } from "../../policy/redactor.ts";
import { knownSecrets } from "../../providers/known-secrets.ts";
import { makeFetch } from "../../providers/transport/fetch.ts";

/** What came of it. `cost` null: unpriced. */
export type ProbeResult =
  | { ok: true; firstMs: number; calledTool: boolean; cost: NanoUsd | null }
  | { ok: false; error: ModelError };

/** Models that think first need some room before they call anything. */
const request: Omit<ModelRequest, "model"> = {
  system: [],
  messages: [{ role: "user", parts: [{ type: "text", text: 'Call the tool "ready" now.' }] }],
  tools: [
    {
      name: "ready",
      description: "Say that you are ready.",
      inputSchema: { type: "object", properties: {} },
    },
  ],
  maxOutputTokens: 512,
  stream: true,
};
/** More than any tokenizer makes of the request. */
const promptTokens = 500;

/** What it can cost at most; null for a model without a price. */
export function probeCost({ price }: ModelInfo, now: number): string | null {
  const cost = worstCase(
    { promptTokens, maxOutputTokens: request.maxOutputTokens ?? 0, cacheTtl: null, at: now },
    price,
  );
  return cost === null ? null : formatUsd(cost);
}

/** Asks the model. */
export async function probe(
  model: string,
  parts: { credentials: Credentials; settings: Settings; paths: TauPaths; signal: AbortSignal },
): Promise<ProbeResult> {
  const { credentials, settings, paths, signal } = parts;
  const secrets = knownSecrets(process.env, credentials, settings.providers ?? {});
  const [target] = await openTargets([model], {
    env: process.env,
    credentials,
    settings,
    paths,
    fetch: makeFetch({ env: process.env, connectMs: 10_000 }),
    networkTimeoutMs: undefined,
    idleTimeoutMs: undefined,
    now: Date.now,
    redact: redactor(secrets).text,
  });
  const at = Date.now();
  let firstMs: number | null = null;
  let calledTool = false;
  let usage = zeroUsage;
  for await (const event of target.upstream.stream(target.adapt({ ...request, model: target.info.id }), {
    signal,
  })) {
    if (event.type === "error") return { ok: false, error: event.error };
    if (event.type === "part.start") firstMs ??= Date.now() - at;
    if (event.type === "part.end" && event.part.type === "tool_call") calledTool = true;
    if (event.type === "usage") usage = event.usage;
  }
  return {
    ok: true,
    firstMs: firstMs ?? Date.now() - at,
    calledTool,
    cost: priceUsage(usage, target.info.price, { at }),
  };
}
