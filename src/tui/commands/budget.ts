/** /budget: the caps that hold, and what is left of them. */
import { formatUsd, usd } from "../../core/usage.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";

/** The commands of this file. */
export const budgetCommands = [
  {
    name: "budget",
    aliases: [],
    argument: "",
    help: "the caps that hold here, and what is left of them",
    whileWorking: true,
    run: budgetText,
  },
] as const satisfies readonly LocalCommand[];

async function budgetText({ caps, session }: CommandPlace): Promise<string> {
  const rows = (["run", "session", "day", "project"] as const).flatMap((scope) => {
    const cap = caps?.[scope];
    const parts = [
      ...(cap?.usd === undefined ? [] : [formatUsd(usd(cap.usd))]),
      ...(cap?.tokens === undefined ? [] : [`${cap.tokens} tokens`]),
    ];
    return parts.length > 0 ? [`${scope.padEnd(8)} at most ${parts.join(" and ")}`] : [];
  });
  if (rows.length === 0)
    return 'no cap holds here; "budgets": { "day": { "usd": 5 } } in config.json sets one, --max-cost one for a run';
  const left = await session().moneyLeft();
  return [...rows, ...(left === null ? [] : [`left     ${formatUsd(left)} until the first of them`])].join(
    "\n",
  );
}
