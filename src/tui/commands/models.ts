/** /model and /effort: what the next step calls, and how hard it thinks. */
import type { ModelChoice } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { ModelName } from "../../core/event.ts";
import type { Effort } from "../../core/model.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { listDialog } from "../dialog/list.ts";
import { openSoon } from "../dialog/opening.ts";
import { chosen, completeChoice, keepKey, keepWish, keepWord } from "./keep.ts";

/** Names for "as it likes". */
const asItLikes = "auto";

/** The commands of this file. */
export const modelCommands = [
  {
    name: "model",
    aliases: [],
    argument: "[provider/model] [--keep]",
    help: "another model from the next step on; without a name a list; also alt+p",
    details:
      "The list has the models there is a key for, with window and prices; any other can be named. With --keep (Ctrl+S in the list) it is written into your own config.json.",
    page: "providers.md",
    whileWorking: true,
    complete: async ({ models }, before) => {
      const keep = completeChoice([], before);
      if (before.length > 0) return keep;
      const choices = await models();
      return {
        values: choices.map((choice) => ({ value: choice.name, detail: facts(choice) })),
        // A name without a provider is none.
        stands: (word) => word.includes("/") || word === keepWord,
      };
    },
    run: (place, argument) => {
      const { wanted, keep } = keepWish(argument);
      return wanted === "" ? pickModel(place) : setModel(place, wanted, keep);
    },
  },
  {
    name: "effort",
    aliases: [],
    argument: "[level|auto] [--keep]",
    help: "how hard the model thinks from the next step on",
    details: "Without a level a list of those the model takes; auto leaves it to the model.",
    whileWorking: true,
    complete: ({ session }, before) =>
      completeChoice([{ value: asItLikes, detail: "as the model likes" }, ...session().efforts], before),
    run: (place, argument) => {
      const { wanted, keep } = keepWish(argument);
      return wanted === "" ? pickEffort(place) : setEffort(place, wanted, keep);
    },
  },
] as const satisfies readonly LocalCommand[];

/** Opens the list of models. */
export async function pickModel(place: CommandPlace): Promise<null> {
  await openSoon(place.store, "Model", async () => modelList(place, await place.models()));
  return null;
}

function modelList(place: CommandPlace, choices: readonly ModelChoice[]): Dialog {
  const now = place.session().model;
  const rows = choices.map((choice) => ({
    value: choice.name,
    text: choice.name,
    detail: facts(choice),
    ...(choice.name === now && { current: true as const }),
  }));
  return listDialog({
    title: "Model",
    rows,
    empty: "no model fits; /model provider/name takes any",
    keys: [keepKey(place, "models.keep", (name: ModelName) => setModel(place, name, true))],
    choose(name: ModelName) {
      // A name that cannot be called is told where the list was.
      void setModel(place, name, false).then(
        (text) => place.tell(text),
        (error: unknown) => place.warn(messageWithHint(error)),
      );
      return null;
    },
  });
}

async function setModel(place: CommandPlace, name: string, keep: boolean): Promise<string> {
  const { session, store } = place;
  await session().setModel(name);
  store.change((state) => ({ ...state, model: session().model, effort: session().effort }));
  const { model } = session();
  return chosen(place, { done: `from the next step on: ${model}`, key: "model", value: model, keep });
}

function pickEffort(place: CommandPlace): string | null {
  const { efforts, effort, model } = place.session();
  if (efforts.length === 0) return `${model} takes no effort`;
  place.open(
    listDialog<Effort | null>({
      title: `Effort of ${model}`,
      empty: "none fits",
      rows: [null, ...efforts].map((value) => ({
        value,
        text: value ?? asItLikes,
        ...(value === null && { detail: "as the model likes" }),
        ...(value === effort && { current: true as const }),
      })),
      keys: [keepKey(place, "efforts.keep", (value) => chosenEffort(place, value, true))],
      choose(value) {
        void Promise.resolve(chosenEffort(place, value, false)).then(place.tell);
        return null;
      },
    }),
  );
  return null;
}

function setEffort(place: CommandPlace, level: string, keep: boolean): string | Promise<string> {
  const { efforts, model } = place.session();
  if (level === asItLikes) return chosenEffort(place, null, keep);
  const effort = efforts.find((one) => one === level.toLowerCase());
  if (effort) return chosenEffort(place, effort, keep);
  if (efforts.length === 0) return `${model} takes no effort`;
  return `${model} takes ${efforts.join(", ")} or ${asItLikes}`;
}

function chosenEffort(place: CommandPlace, effort: Effort | null, keep: boolean): string | Promise<string> {
  const { session, store } = place;
  session().setEffort(effort);
  store.change((state) => ({ ...state, effort }));
  const done = `from the next step on: effort ${effort ?? asItLikes}`;
  return chosen(place, { done, key: "effort", value: effort, keep });
}

function facts({ contextWindow, price, efforts }: ModelChoice): string {
  const money = price === null ? "unpriced" : `$${price.input} in, $${price.output} out per million`;
  const thinks = efforts.length > 0 ? [`effort ${efforts[0]} to ${efforts.at(-1)}`] : [];
  return [money, `${windowText(contextWindow)} window`, ...thinks].join(" · ");
}

const windowText = (tokens: number): string =>
  tokens < 1_000_000 ? `${Math.round(tokens / 1000)}k` : `${Math.round(tokens / 100_000) / 10}M`;
