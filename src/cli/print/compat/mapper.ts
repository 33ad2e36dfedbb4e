/** What a compatibility mapper is: a reader of the stream that says it again in another tool's line format. */
import type { AgentEvent } from "../../../core/event.ts";
import type { InitLine, ResultLine } from "../json.ts";

/** Events by type. */
export type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

/** One line of another tool's format. Fields are written in the order they stand in; an undefined one is left out. */
export type CompatLine = { readonly type: string; readonly [field: string]: unknown };

/** Translates a run, line by line. It prints nothing and asks nothing of the world. */
export type Mapper = {
  /** Called once, first. A run that never began (no session) has no lines here: its terminal line says it all. */
  init(line: InitLine): CompatLine[];
  event(event: AgentEvent): CompatLine[];
  /** Called once, last. The format's terminal line stands at the end. */
  result(line: ResultLine): CompatLine[];
};

/** A mapper whose format also has one object for a whole run. */
export type ObjectMapper = Mapper & {
  /** In place of {@link Mapper.result}, after the same events. */
  object(line: ResultLine): unknown;
};

/** Dollars, as other tools count. An unknown price stays null: none of them would be told a false 0. */
export const dollars = (cost: number | null): number | null => (cost === null ? null : cost / 1e9);

/** The model's own name, without the provider it was asked of. */
export const bareName = (model: string | null): string =>
  model === null ? "" : model.slice(model.indexOf("/") + 1);

/** The sentence a failed run is told by, with what to do next. */
export function sentenceOf({ error, reason }: ResultLine): string {
  if (!error) return reason;
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}
