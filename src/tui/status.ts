/** What /status and /cost tell, as text. */
import type { OpenSession } from "../app/contract.ts";
import { formatUsd } from "../core/usage.ts";
import type { ConversationState } from "./state.ts";
import { usageText } from "./view/footer-line.ts";

/** Session, model, mode, context, cost and the hosts that were contacted, a fact a row. */
export function statusText(
  { answeredBy, context, usage, cost }: ConversationState,
  { id, model, mode, contacts }: Pick<OpenSession, "id" | "model" | "mode" | "contacts">,
  { cwd, waiting }: { cwd: string; waiting: number },
): string {
  const percent = context.window > 0 ? Math.round((100 * context.tokens) / context.window) : 0;
  const hosts = contacts().map(({ host, requests }) => `${host} (${requests})`);
  const rows: readonly (readonly [string, string])[] = [
    ["session", id],
    ["folder", cwd],
    ["model", answeredBy === null ? model : `${model}, answered by ${answeredBy}`],
    ["mode", mode],
    ["context", `${context.tokens} of ${context.window} tokens (${percent}%)`],
    ["used", `${usageText(usage)}, ${formatUsd(cost)}`],
    ...(waiting > 0 ? [["queue", `${waiting} waiting`] as const] : []),
    ["hosts", hosts.length > 0 ? hosts.join(", ") : "none contacted yet"],
  ];
  return rows.map(([name, fact]) => `${name.padEnd(8)} ${fact}`).join("\n");
}

/** What the session used, in tokens and money. */
export function costText({ usage, cost }: ConversationState): string {
  return [
    `this session: ${usageText(usage)}, ${formatUsd(cost)}`,
    "tau cost has days, models and projects",
  ].join("\n");
}
