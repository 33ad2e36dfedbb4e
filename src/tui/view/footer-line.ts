/** One line of facts: model, mode, context, tokens, cost. */
import { formatUsd, promptTokens, type Usage } from "../../core/usage.ts";
import type { ConversationState } from "../state.ts";
import { clean, oneRow } from "./clean.ts";
import { cutLine, type Line, plain, widthOf } from "./line.ts";

/** What a footer tells beside the conversation's numbers. */
export type FooterFacts = { model: string; effort: string | null; mode: string; cwd: string };

/** The footer; where it does not fit, facts are left out, the least needed first. */
export function footerLine(
  state: ConversationState,
  { model, effort, mode, cwd }: FooterFacts,
  columns: number,
): Line {
  const { context } = state;
  const percent = context.window > 0 ? Math.round((100 * context.tokens) / context.window) : 0;
  const cost = formatUsd(state.cost);
  // A folder may be called anything.
  const folder = oneRow(clean(cwd));
  const thinking = effort === null ? [] : [effort];
  const full = [model, ...thinking, mode, `context ${percent}%`, usageText(state.usage), cost, folder];
  const name = model.slice(model.lastIndexOf("/") + 1);
  const shorter = [
    full,
    full.slice(0, -1),
    [name, ...thinking, mode, `context ${percent}%`, usageText(state.usage), cost],
    [name, mode, `${percent}%`, shortUsage(state.usage), cost],
    [mode, `${percent}%`, cost],
    [`${percent}%`, cost],
  ].map((facts) => facts.join(" · "));
  const fitting = shorter.find((text) => widthOf(text) <= columns) ?? shorter.at(-1) ?? "";
  return cutLine(plain(fitting, { dim: true }), columns);
}

/** `12.3k in (80% cached), 1.2k out`. */
export function usageText(usage: Usage): string {
  const prompt = promptTokens(usage);
  const cached =
    prompt > 0 && usage.cacheRead > 0 ? ` (${Math.round((100 * usage.cacheRead) / prompt)}% cached)` : "";
  return `${short(prompt)} in${cached}, ${short(usage.output)} out`;
}

const shortUsage = (usage: Usage): string => `${short(promptTokens(usage))}/${short(usage.output)}`;

const short = (count: number): string => (count < 1000 ? String(count) : `${(count / 1000).toFixed(1)}k`);
