/** A model made callable: its upstream, what is known of it, and how a request is fitted to it. */
import type { Credentials } from "../config/credentials.ts";
import type { Environment, TauPaths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import type { ModelName } from "../core/event.ts";
import type { Clock } from "../core/ids.ts";
import type { ModelRequest } from "../core/model.ts";
import { ownValue } from "../core/own.ts";
import { findModel } from "../models/catalogue.ts";
import { thinkingFor } from "../models/effort.ts";
import type { ModelInfo } from "../models/model-info.ts";
import { connectionOf } from "../providers/connection.ts";
import { noModel, noModelWarning, noUpstream } from "../providers/no-model.ts";
import type { ProviderEntry } from "../providers/provider.ts";
import { resolveModel } from "../providers/registry.ts";
import type { Fetch } from "../providers/transport/fetch.ts";
import { makeUpstream } from "../providers/upstream.ts";
import { type Abilities, makePreparer, type Preparer } from "../wire/handover.ts";
import { openCatalogue } from "./catalogue.ts";
import type { Target } from "./run.ts";

/** What targets are made from. */
export type TargetParts = {
  env: Environment;
  credentials: Credentials;
  settings: Settings;
  paths: TauPaths;
  fetch: Fetch;
  /** Stands in for every provider's own limit until the headers of an answer. */
  networkTimeoutMs: number | undefined;
  /** Stands in for every provider's own idle time-out. */
  idleTimeoutMs: number | undefined;
  now: Clock;
  /** Takes known credential values out of a text. */
  redact(text: string): string;
};

/** Opens the models by name, the chosen one first. */
export async function openTargets(
  names: readonly [ModelName, ...ModelName[]],
  parts: TargetParts,
): Promise<[Target, ...Target[]]> {
  const [first, ...rest] = await Promise.all(names.map((name) => openTarget(name, parts)));
  if (!first) throw new Error("no model to open");
  return [first, ...rest];
}

async function openTarget(name: ModelName, parts: TargetParts): Promise<Target> {
  if (name.startsWith("demo/")) {
    const { demoModelInfo, makeDemoUpstream } = await import("../providers/demo/demo.ts");
    return {
      upstream: makeDemoUpstream(name),
      info: demoModelInfo,
      dialect: "messages",
      adapt: (request) => request,
    };
  }
  if (name === noModel) {
    const { demoModelInfo } = await import("../providers/demo/demo.ts");
    return {
      upstream: noUpstream,
      info: { ...demoModelInfo, provider: "none", id: "none", name: "No model" },
      dialect: "messages",
      adapt: (request) => request,
      warning: noModelWarning,
    };
  }
  if (!name.includes("/")) {
    const { refuseBareName } = await import("./model-names.ts");
    throw await refuseBareName(name, parts.paths);
  }
  const { provider, model } = resolveModel(name, parts.settings.providers ?? {});
  const connection = connectionOf(provider, parts.env, parts.credentials);
  const catalogue = await openCatalogue(provider.id, parts.paths);
  const info = findModel(catalogue, model, parts.settings.models ?? {});
  const warning =
    info.entry === null && ownValue(parts.settings.models ?? {}, name) === undefined
      ? (await import("./model-names.ts")).unknownModel(name, info, catalogue)
      : null;
  const timeouts = {
    ...provider.timeouts,
    ...(parts.networkTimeoutMs !== undefined && { firstByteMs: parts.networkTimeoutMs }),
    ...(parts.idleTimeoutMs !== undefined && { idleMs: parts.idleTimeoutMs }),
  };
  const prepare = makePreparer(
    { provider: info.provider, model: info.id },
    await abilitiesOf(provider, info),
  );
  return {
    upstream: makeUpstream({
      provider: { ...provider, timeouts },
      model,
      connection,
      fetch: parts.fetch,
      now: parts.now,
      redact: parts.redact,
    }),
    info,
    dialect: provider.dialect,
    ...(warning !== null && { warning }),
    connectionWarnings: connection.warnings,
    adapt(request) {
      const fitted = fitRequest(request, info, prepare);
      // Responses hands out the ciphertext of thoughts only when asked, and a model that thinks unasked needs it back
      // all the same: an empty wish asks for it.
      const thinks = provider.dialect === "responses" && info.reasoning !== null;
      return thinks ? { reasoning: {}, ...fitted } : fitted;
    },
  };
}

async function abilitiesOf(provider: ProviderEntry, info: ModelInfo): Promise<Abilities> {
  const { vision, files } = info.capabilities;
  // Of a model nobody has described, only its upstream knows what it reads.
  const abilities = { vision, documents: files || info.entry === null };
  if (provider.dialect !== "chat-completions") return abilities;
  const { compatFor } = await import("../wire/chat-completions/compat.ts");
  return { ...abilities, callIdPattern: compatFor(provider.compat).toolCallIdPattern };
}

/** Leaves out of a request what the model cannot take, and nothing else. */
export function fitRequest(request: ModelRequest, info: ModelInfo, prepare: Preparer): ModelRequest {
  const { reasoning, temperature, output, ...rest } = request;
  const thinking = reasoning?.effort === undefined ? null : thinkingFor(reasoning.effort, info.reasoning);
  return {
    ...rest,
    model: info.id,
    messages: prepare(rest.messages),
    ...(temperature !== undefined && info.capabilities.temperature && { temperature }),
    ...(output && (info.capabilities.structuredOutput || info.entry === null) && { output }),
    ...(thinking !== null && {
      reasoning: { ...thinking, ...(reasoning?.visible !== undefined && { visible: reasoning.visible }) },
    }),
  };
}
