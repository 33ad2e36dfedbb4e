/**
 * What a status line command is told on its standard input: the JSON that such commands of other terminal agents read,
 * as far as Tau knows its facts. Source: https://code.claude.com/docs/en/statusline
 */
import type { OpenSession } from "../../app/contract.ts";
import type { ScreenState } from "../screen-state.ts";

/** What does not change while the UI runs. */
export type StatusFacts = { cwd: string; project: string; version: string; startedAt: number };

const longPrompt = 200_000;

/** The value to be written as JSON. Money in US dollars, times in ms. */
export function statusInput(
  {
    conversation,
    model,
    effort,
    mode,
    branch,
    budgetLeft,
  }: Pick<ScreenState, "conversation" | "model" | "effort" | "mode" | "branch" | "budgetLeft">,
  { id }: Pick<OpenSession, "id">,
  { cwd, project, version, startedAt }: StatusFacts,
  now: number,
): object {
  const { usage, context, cost, lines } = conversation;
  const input = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const used = context.window > 0 ? Math.round((100 * context.tokens) / context.window) : 0;
  return {
    hook_event_name: "Status",
    session_id: id,
    cwd,
    model: { id: model, display_name: model.slice(model.lastIndexOf("/") + 1) },
    workspace: { current_dir: cwd, project_dir: project },
    version,
    output_style: { name: "default" },
    cost: {
      total_cost_usd: cost === null ? null : cost / 1e9,
      total_duration_ms: now - startedAt,
      total_lines_added: lines.added,
      total_lines_removed: lines.removed,
    },
    context_window: {
      total_input_tokens: input,
      total_output_tokens: usage.output,
      context_window_size: context.window,
      current_usage: {
        input_tokens: usage.input,
        output_tokens: usage.output,
        cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
        cache_read_input_tokens: usage.cacheRead,
      },
      used_percentage: used,
      remaining_percentage: 100 - used,
    },
    exceeds_200k_tokens: context.tokens > longPrompt,
    ...(effort !== null && { effort: { level: effort } }),
    // What only Tau has stands under its own name.
    tau: { mode, branch, budget_left_usd: budgetLeft === null ? null : budgetLeft / 1e9 },
  };
}
