/** What a dialect can say, as data for the arbitraries. */
import fc, { type Arbitrary } from "fast-check";
import type { Json } from "../../src/core/message.ts";
import type { Effort, EndReason, ModelError, ModelEvent, ModelRequest } from "../../src/core/model.ts";
import { type Usage, zeroUsage } from "../../src/core/usage.ts";
import type { Peer } from "../../src/wire/codec.ts";

/** What one dialect can say. Opaque data has a shape of its own in each dialect, so its arbitraries come from there. */
export type Sayable = {
  /** Opaque data is stamped with it. */
  peer: Peer;
  /** Opaque data by the part that carries it; a kind that is absent never carries any. */
  opaque: {
    text?: Arbitrary<Json>;
    reasoning?: Arbitrary<Json>;
    toolCall?: Arbitrary<Json>;
    /** Whole blocks: server-side tools and kinds without a word. */
    block?: Arbitrary<{ kind: string; data: Json }>;
  };
  /** `never`; `bare`: only without opaque data; `signed`: only with it; `either`. */
  reasoning: "never" | "bare" | "signed" | "either";
  /** Reasoning of which only ciphertext came. */
  redacted: boolean;
  refusal: boolean;
  /** Prompt-cache breakpoints on parts and tools. */
  cache: boolean;
  /** Two text (or two reasoning) parts of one message side by side stay two. */
  adjacentText: boolean;
  /** `free`: parts of an answer in any order; `fixed`: reasoning, then text, then tool calls, at most one of the first two. */
  order: "free" | "fixed";
  /** Text parts of a user's message: any number, or at most one. */
  manyTexts: boolean;
  /** System parts: any number, or at most one. */
  manySystem: boolean;
  /** Tool arguments that are not JSON survive. */
  malformed: boolean;
  toolResultImages: boolean;
  /** Text parts in one tool result: any number (`parts`), or exactly one (`string`). */
  toolResultTexts: "parts" | "string";
  toolResultErrors: boolean;
  images: "never" | "base64" | "url" | "both";
  files: "never" | "base64" | "url" | "both";
  /** Media types files may have; images always draw from the four common ones. */
  fileTypes: readonly string[];
  /** Media types of images and files given by URL: many dialects do not say them, and their codecs assume one. */
  urlImageType: string | "any";
  urlFileType: string | "any";
  /** Names on images / on files. */
  imageNames: boolean;
  fileNames: "never" | "always" | "optional";
  /** Two user messages in a row stay two; a user message may follow tool results. */
  userRuns: boolean;
  userAfterTool: boolean;
  /** Characters of tool-call ids. */
  callId: Arbitrary<string>;
  efforts: readonly Effort[];
  budgetTokens: boolean;
  /** `reasoning.visible`. */
  visible: boolean;
  stop: boolean;
  /** `maxOutputTokens` is always present. */
  maxOutputTokensRequired: boolean;
  parallelToolCalls: boolean;
  /** `strict` on tools: never, optional, or always a boolean. */
  strictTools: "never" | "optional" | "always";
  output: "never" | "without-strict" | "with-strict" | "with-name";
  cacheKey: boolean;
  /** Top-level fields no part of the request names. */
  extra?: Arbitrary<NonNullable<ModelRequest["extra"]>>;
  stream: {
    /** Deltas of several parts may interleave; parts without deltas come whole. */
    interleaved: boolean;
    /** Tool input comes as several deltas or as one. */
    toolInput: "deltas" | "whole";
    /** `text` parts may carry media in answers. */
    media: boolean;
    usage: Arbitrary<Usage>;
    /** End reasons that need no tool calls. `tool_calls` is used when, and only when, there are any. */
    ends: readonly { reason: EndReason; raw?: string }[];
    toolEnd: { reason: "tool_calls"; raw?: string };
    stopSequence: boolean;
    errors: Arbitrary<ModelError>;
    responseId: Arbitrary<string>;
    /** Data of events the codec does not know; absent: none. */
    unknown?: Arbitrary<ModelEvent & { type: "unknown" }>;
  };
};

/** Usage with the counts a dialect reports; the others stay 0. `reasoning` never exceeds `output`. */
export const arbUsage = (counts: readonly (keyof Usage)[]): Arbitrary<Usage> =>
  fc
    .record({
      a: fc.nat(5000),
      b: fc.nat(5000),
      c: fc.nat(500),
      d: fc.nat(500),
      e: fc.nat(5000),
      f: fc.nat(5000),
    })
    .map((n) => {
      const has = (key: keyof Usage, value: number) => (counts.includes(key) ? value : 0);
      return {
        ...zeroUsage,
        input: has("input", n.a),
        cacheRead: has("cacheRead", n.b),
        cacheWrite5m: has("cacheWrite5m", n.c),
        cacheWrite1h: has("cacheWrite1h", n.d),
        output: has("output", n.e),
        reasoning: has("reasoning", Math.min(n.e, n.f)),
      };
    });

/** Conservative defaults for a new dialect: text, bare tool calls, nothing optional. Spread and widen it. */
export function plainSayable(peer: Peer): Sayable {
  return {
    peer,
    opaque: {},
    reasoning: "never",
    redacted: false,
    refusal: false,
    cache: false,
    adjacentText: false,
    order: "free",
    manyTexts: true,
    manySystem: true,
    malformed: false,
    toolResultImages: false,
    toolResultTexts: "string",
    toolResultErrors: false,
    images: "never",
    files: "never",
    fileTypes: ["application/pdf"],
    urlImageType: "image/*",
    urlFileType: "application/pdf",
    imageNames: false,
    fileNames: "never",
    userRuns: false,
    userAfterTool: false,
    callId: fc.stringMatching(/^call_[A-Za-z0-9]{1,12}$/),
    efforts: [],
    budgetTokens: false,
    visible: false,
    stop: false,
    maxOutputTokensRequired: false,
    parallelToolCalls: false,
    strictTools: "never",
    output: "never",
    cacheKey: false,
    stream: {
      interleaved: false,
      toolInput: "deltas",
      media: false,
      usage: arbUsage(["input", "output"]),
      ends: [{ reason: "stop" }],
      toolEnd: { reason: "tool_calls" },
      stopSequence: false,
      errors: fc.constant({ code: "truncated", message: "The stream ended before its terminal event." }),
      responseId: fc.stringMatching(/^resp_[a-z0-9]{4,12}$/),
    },
  };
}
