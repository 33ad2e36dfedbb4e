/** A model made callable: its upstream, what is known of it, and how a request is fitted to it. */
import type { Effort, ModelRequest } from "../core/model.ts";
import type { Upstream } from "../core/upstream.ts";
import type { ModelInfo } from "../models/model-info.ts";
import { prepareMessages } from "../wire/handover.ts";
import type { Target } from "./run.ts";

/** Makes a target. */
export function makeTarget(upstream: Upstream, info: ModelInfo, callIdPattern?: RegExp): Target {
  return { upstream, info, adapt: (request) => fitRequest(request, info, callIdPattern) };
}

/** Leaves out of a request what the model cannot take, and nothing else. */
export function fitRequest(request: ModelRequest, info: ModelInfo, callIdPattern?: RegExp): ModelRequest {
  const { reasoning, temperature, output, ...rest } = request;
  const peer = { provider: info.provider, model: info.id };
  const effort =
    reasoning?.effort === undefined ? null : nearestEffort(reasoning.effort, info.reasoning?.efforts ?? []);
  return {
    ...rest,
    model: info.id,
    messages: prepareMessages(rest.messages, peer, {
      vision: info.capabilities.vision,
      ...(callIdPattern && { callIdPattern }),
    }),
    ...(temperature !== undefined && info.capabilities.temperature && { temperature }),
    ...(output && (info.capabilities.structuredOutput || info.entry === null) && { output }),
    ...(effort !== null && { reasoning: { ...reasoning, effort } }),
  };
}

const scale: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The model's own word nearest to the one asked for, the weaker of two equally near; null when it takes none. */
export function nearestEffort(wanted: Effort, offered: readonly Effort[]): Effort | null {
  const distance = (effort: Effort): number => Math.abs(scale.indexOf(effort) - scale.indexOf(wanted));
  return (
    offered.toSorted((a, b) => distance(a) - distance(b) || scale.indexOf(a) - scale.indexOf(b))[0] ?? null
  );
}
