/** What a compaction by hand would do, for a person to look at first: nothing is changed, asked or spent. */
import type { ModelName } from "../../core/event.ts";
import type { EntryId } from "../../core/ids.ts";
import type { Message, ToolCallPart, ToolResultPart } from "../../core/message.ts";
import { textOf, toolCallsOf } from "../../core/message.ts";
import { type NanoUsd, zeroUsage } from "../../core/usage.ts";
import { priceUsage, worstCase } from "../../meter/price.ts";
import { type AgentRun, modelOf } from "../run.ts";
import { notWorthIt } from "./manual.ts";
import { expectedCall } from "./summarise.ts";
import { planSummary, type SummaryPlan } from "./summary-plan.ts";

/** Results of one tool, or about one file, that would leave the window. Tokens are estimates. */
export type DroppedResults = { name: string; results: number; tokens: number };

/** What a preview is taken of: no run, since nothing runs. */
type Still = Omit<AgentRun, "signal">;

/** A preview. Tokens are prompt tokens of the next request, estimated where the upstream has not counted them. */
export type CompactionPreview = {
  tokensBefore: number;
  tokensAfter: number;
  /** The most prompt tokens the model takes. */
  window: number;
  /** What leaves the window; it stays in the ledger. */
  dropped: {
    messages: number;
    tokens: number;
    /** An earlier summary is among them: the new one goes on from it. */
    earlierSummary: boolean;
    /** By tool, and by the file a call was about; most tokens first. */
    tools: DroppedResults[];
    files: DroppedResults[];
  };
  /** What stays as it is, and the first words of it. */
  kept: { messages: number; tokens: number; from: EntryId | null; begins: string | null };
  /** What a person said in what is dropped or was dropped before: it goes into the summary verbatim. */
  verbatim: string[];
  /** The summary call; null when nothing of the conversation fits one, and facts alone would be recorded. */
  call: {
    model: ModelName;
    promptTokens: number;
    maxOutputTokens: number;
    /** What it is likely to cost with nothing cached, and what it cannot pass; null when the model has no price. */
    cost: NanoUsd | null;
    costAtMost: NanoUsd | null;
  } | null;
  /** Why it would not be done; null when it would. */
  refused: string | null;
};

/** Previews the plan a compaction would carry out now. */
export function previewCompaction(run: Still, focus: string | null): CompactionPreview | null {
  const plan = planSummary(run);
  if (plan === null) return null;
  const { dropped, kept, pinned } = plan;
  const first = kept[0];
  return {
    tokensBefore: plan.tokensBefore,
    tokensAfter: plan.tokensAfter,
    window: run.lineup.window.size,
    dropped: {
      messages: dropped.length,
      tokens: sizeOf(run, dropped),
      earlierSummary: run.session.state.entryOf(0) === null,
      ...resultsIn(run, dropped),
    },
    kept: {
      messages: kept.length,
      tokens: sizeOf(run, kept),
      from: plan.keptFrom,
      begins: first ? beginningOf(first) : null,
    },
    verbatim: pinned.said.map(textOf),
    call: callOf(run, plan, focus),
    refused: notWorthIt(plan),
  };
}

const sizeOf = ({ lineup: { window } }: Still, messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + window.tokensOf(message), 0);

/** Characters shown of the first message that stays. */
const beginningCharacters = 120;

function beginningOf({ parts }: Message): string {
  const calls = toolCallsOf(parts).map(({ name }) => `[${name}]`);
  const words = [textOf(parts), ...calls].join(" ").replace(/\s+/g, " ").trim();
  return words.length > beginningCharacters ? `${words.slice(0, beginningCharacters)}…` : words;
}

function resultsIn(
  run: Still,
  messages: readonly Message[],
): { tools: DroppedResults[]; files: DroppedResults[] } {
  const calls = new Map<string, ToolCallPart>();
  const tools = new Map<string, DroppedResults>();
  const files = new Map<string, DroppedResults>();
  for (const { parts } of messages) {
    for (const call of toolCallsOf(parts)) calls.set(call.id, call);
    for (const part of parts) {
      const call = part.type === "tool_result" ? calls.get(part.callId) : undefined;
      if (part.type !== "tool_result" || !call) continue;
      const tokens = tokensOf(run, part);
      add(tools, call.name, tokens);
      const path = pathOf(call);
      if (path !== null) add(files, path, tokens);
    }
  }
  return { tools: byTokens(tools), files: byTokens(files) };
}

const tokensOf = ({ lineup: { window } }: Still, part: ToolResultPart): number =>
  window.tokensOf({ role: "tool", parts: [part] });

function add(sums: Map<string, DroppedResults>, name: string, tokens: number): void {
  const sum = sums.get(name) ?? { name, results: 0, tokens: 0 };
  sums.set(name, { name, results: sum.results + 1, tokens: sum.tokens + tokens });
}

const byTokens = (sums: ReadonlyMap<string, DroppedResults>): DroppedResults[] =>
  [...sums.values()].sort((a, b) => b.tokens - a.tokens);

function pathOf({ input }: ToolCallPart): string | null {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
  return typeof input.path === "string" ? input.path : null;
}

function callOf(run: Still, plan: SummaryPlan, focus: string | null): CompactionPreview["call"] {
  const call = expectedCall(run, { messages: plan.dropped, focus });
  if (call === null) return null;
  const { promptTokens, promptBound, maxOutputTokens } = call;
  const { price } = run.lineup.targets[0].info;
  const at = run.now();
  const likely = { ...zeroUsage, input: promptTokens, output: Math.min(plan.summaryTokens, maxOutputTokens) };
  return {
    model: modelOf(run),
    promptTokens,
    maxOutputTokens,
    cost: priceUsage(likely, price, { at }),
    costAtMost: worstCase(
      { promptTokens: promptBound, maxOutputTokens, cacheTtl: run.settings.cacheTtl, at },
      price,
    ),
  };
}
