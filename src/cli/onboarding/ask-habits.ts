/** How Tau may act, what a day may cost, and how it looks. */
import { noModel } from "../../providers/no-model.ts";
import { resolveModel } from "../../providers/registry.ts";
import { allThemes, automatic } from "../../tui/theme/choice.ts";
import { readThemes } from "../themes.ts";
import { chosenModel, providersWith } from "./ask-model.ts";
import type { Answer, Asking } from "./wizard.ts";

/** What a first day may cost, in US dollars, unless the person says otherwise. */
const usualBudget = 5;

/** How freely tools may act. */
export async function askMode({ asker, settings }: Asking): Promise<Answer> {
  const mode = await asker.choose({
    message: "What may Tau do unasked?",
    choices: [
      { value: "ask" as const, short: "ask", name: "ask   read here; ask before every change and command" },
      {
        value: "edit" as const,
        short: "edit",
        name: "edit  change files in the project; ask before commands",
      },
      { value: "plan" as const, short: "plan", name: "plan  only read, and plan" },
      { value: "full" as const, short: "full", name: "full  everything but a few hard refusals" },
    ],
    default: settings.mode ?? "ask",
  });
  return { mode };
}

/** The cap on a day's money; one that could never let the chosen model run is not offered. */
export async function askBudget(asking: Asking): Promise<Answer> {
  const { asker, settings, setup } = asking;
  const info = await chosenModel(asking);
  const isLocal =
    setup.model !== undefined &&
    setup.model !== noModel &&
    resolveModel(setup.model, providersWith(settings, setup)).provider.local;
  if (info !== null && info.price === null && !isLocal) {
    asker.tell(
      `${info.id} has no known price, so it cannot run under a money cap; give it one with tau config set models.${setup.model}.price`,
    );
    return { dailyBudget: null };
  }
  const current = settings.budgets?.day?.usd;
  const amounts = [...new Set([current ?? usualBudget, 2, usualBudget, 20])];
  const picked = await asker.choose<number | "none" | "other">({
    message: "What may a day cost at most? Tau refuses a request that could pass it.",
    choices: [
      ...amounts.map((value) => ({
        value,
        name: `$${value} a day${value === current ? " (as it is)" : ""}`,
      })),
      { value: "other", name: "Another amount" },
      { value: "none", name: "No cap" },
    ],
    default: current ?? usualBudget,
  });
  const dailyBudget = picked === "none" ? null : picked === "other" ? await askAmount(asking) : picked;
  // Local servers are unpriced until somebody says that they are free, and unpriced models cannot run under a cap.
  const free = dailyBudget !== null && isLocal && info?.price === null;
  return { dailyBudget, ...(free && { free }) };
}

async function askAmount({ asker }: Asking): Promise<number> {
  const text = await asker.text({
    message: "US dollars a day:",
    validate: (typed) => (amountOf(typed) > 0 ? true : "A number above zero, such as 7.50"),
  });
  return amountOf(text);
}

const amountOf = (text: string): number => Number(text.trim().replace(/^\$/, "")) || 0;

/** How the UI looks: one of what Tau has, or a file of one's own. */
export async function askTheme({ asker, paths, settings }: Asking): Promise<Answer> {
  const themes = allThemes(await readThemes(paths.config)).map(({ name }) => name);
  const theme = await asker.choose({
    message: "Theme?",
    choices: [
      { value: automatic, name: "auto (by the terminal's background)" },
      ...themes.map((name) => ({ value: name, name })),
    ],
    default: settings.theme ?? automatic,
  });
  return { theme };
}
