/** What a headless printer is: a reader of the stream that writes it to stdout or stderr. */
import type { AgentEvent } from "../../core/event.ts";
import type { InitLine, ResultLine } from "./json.ts";

/** `init` comes first, `result` exactly once and last. */
export type Printer = {
  init(line: InitLine): void;
  event(event: AgentEvent): void;
  result(line: ResultLine): void;
};
