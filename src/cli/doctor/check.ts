/** What `tau doctor` finds, one thing at a time. */
import { messageOf, TauError } from "../../core/errors.ts";

/** One finding. A problem stands in the way of a run; a warning does not. */
export type Check = {
  name: string;
  state: "ok" | "warning" | "problem";
  detail: string;
  next?: string;
  /** What `tau doctor --fix` does about it, where that cannot do harm. */
  fix?: Fix;
};

/** One change, in words and as a deed. */
export type Fix = { what: string; apply(): void | Promise<void> };

/** Whatever was thrown while looking, as a finding with its next step. */
export function problemOf(name: string, error: unknown, otherwise: string): Check {
  const next = error instanceof TauError && error.hint ? error.hint : otherwise;
  return { name, state: "problem", detail: messageOf(error), next };
}
