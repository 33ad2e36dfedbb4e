/** /model and /effort: what the next step calls, and how hard it thinks. */
import type { ModelChoice } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { ModelName } from "../../core/event.ts";
import type { Effort } from "../../core/model.ts";
import type { CommandPlace, LocalCommand } from "../commands.ts";
import { listDialog } from "../dialog/list.ts";
import { chosen, keepKey, keepWish } from "./keep.ts";

/** Names for "as it likes". */
const asItLikes = "auto";

/** The commands of this file. */
export const modelCommands = [
  {
    name: "model",
    aliases: [],
    argument: "[provider/model] [--keep]",
    help: "the model of the next step on; without a name a list; also alt+p",
    whileWorking: true,
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
    whileWorking: true,
    run: (place, argument) => {
      const { wanted, keep } = keepWish(argument);
      return wanted === "" ? pickEffort(place) : setEffort(place, wanted, keep);
    },
  },
] as const satisfies readonly LocalCommand[];

/** Opens the list of models. */
export async function pickModel(place: CommandPlace): Promise<null> {
  const now = place.session().model;
  const choices = await place.models();
  const rows = choices.map((choice) => ({
    value: choice.name,
    text: choice.name,
    detail: facts(choice),
    ...(choice.name === now && { current: true as const }),
  }));
  place.open(
    listDialog({
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
    }),
  );
  return null;
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
