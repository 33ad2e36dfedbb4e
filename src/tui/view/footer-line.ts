/** One line of facts below the composer: which, in which order, is the settings' to say. */
import type { FooterItem } from "../../config/footer.ts";
import { formatUsd, type NanoUsd, promptTokens, type Usage } from "../../core/usage.ts";
import type { ConversationState } from "../state.ts";
import { clean, oneRow } from "./clean.ts";
import { cutLine, type Line, type Span, widthOfLine } from "./line.ts";

/** What a footer tells beside the conversation's numbers. */
export type FooterFacts = {
  items: readonly FooterItem[];
  model: string;
  effort: string | null;
  mode: string;
  cwd: string;
  /** Null outside of a repository. */
  branch: string | null;
  /** What is left of the tightest cap on money; null when there is none. */
  budgetLeft: NanoUsd | null;
};

/** What is given up first where the line is too long: a fact, or what can be left unsaid of it. */
const leastNeeded: readonly { item: FooterItem; how: "left out" | "shorter" }[] = [
  { item: "folder", how: "left out" },
  { item: "branch", how: "left out" },
  { item: "model", how: "shorter" },
  { item: "cost", how: "shorter" },
  { item: "context", how: "shorter" },
  { item: "tokens", how: "shorter" },
  { item: "effort", how: "left out" },
  { item: "budget", how: "left out" },
  { item: "tokens", how: "left out" },
  { item: "model", how: "left out" },
  { item: "mode", how: "left out" },
  { item: "cost", how: "left out" },
];

/** The footer; where it does not fit, facts are said shorter, then left out, the least needed first. */
export function footerLine(state: ConversationState, facts: FooterFacts, columns: number): Line {
  let shown = facts.items.map((item) => {
    const fact = factOf(item, state, facts);
    return { item, fact, said: fact.long };
  });
  const line = (): Line => joined(shown.map(({ said }) => said));
  for (const { item, how } of leastNeeded) {
    if (widthOfLine(line()) <= columns) break;
    shown = shown.flatMap((one) => {
      if (one.item !== item) return [one];
      return how === "shorter" ? [{ ...one, said: one.fact.short }] : [];
    });
  }
  return cutLine(line(), columns);
}

/** A fact as it is said where there is room, and where there is little; empty where there is nothing to say. */
type Fact = { long: Line; short: Line };

function joined(facts: readonly Line[]): Line {
  return facts
    .filter((fact) => fact.length > 0)
    .flatMap((fact, index) => (index === 0 ? fact : [dim(" · "), ...fact]));
}

const dim = (text: string): Span => ({ text, dim: true });
const both = (text: string): Fact => ({ long: [dim(text)], short: [dim(text)] });
const nothing: Fact = { long: [], short: [] };

function factOf(item: FooterItem, state: ConversationState, facts: FooterFacts): Fact {
  const { model, effort, mode, cwd, branch, budgetLeft } = facts;
  switch (item) {
    case "model":
      return { long: [dim(model)], short: [dim(model.slice(model.lastIndexOf("/") + 1))] };
    case "effort":
      return effort === null ? nothing : both(effort);
    case "mode":
      return both(mode);
    case "branch":
      // A branch may be called anything, a folder too.
      return branch === null ? nothing : both(oneRow(clean(branch)));
    case "folder":
      return both(oneRow(clean(cwd)));
    case "context":
      return contextFact(state);
    case "tokens":
      return { long: [dim(usageText(state.usage))], short: [dim(shortUsage(state.usage))] };
    case "cost": {
      const cost = formatUsd(state.cost);
      const turn =
        state.turnCost !== null && state.turnCost !== state.cost ? `turn ${formatUsd(state.turnCost)}, ` : "";
      return { long: [dim(turn + cost)], short: [dim(cost)] };
    }
    case "budget":
      return budgetLeft === null ? nothing : both(`${formatUsd(budgetLeft)} left`);
  }
}

/** Cells of the bar that shows how full the window is. */
const barCells = 5;
/** Percent from which on the window is soon full, and history compacted. */
const nearlyFull = 75;

function contextFact({ context }: ConversationState): Fact {
  const percent = context.window > 0 ? Math.round((100 * context.tokens) / context.window) : 0;
  const filled = Math.min(barCells, Math.round((percent * barCells) / 100));
  const bar: Span = {
    text: "▰".repeat(filled),
    ...(percent >= nearlyFull ? { tone: "warning" } : { dim: true }),
  };
  // An empty bar would tell nothing that the number does not.
  const rest = `${"▱".repeat(barCells - filled)} ${percent}%`;
  const long = filled > 0 ? [dim("context "), bar, dim(rest)] : [dim(`context ${percent}%`)];
  return { long, short: [dim(`${percent}%`)] };
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
