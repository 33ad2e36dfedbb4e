/** What one dialect may do differently from a recording, written down. Each dialect has a file of its own here. */
import type { Json } from "../../../src/core/message.ts";

/** A JSON object that a rule may change in place. */
export type Body = { [key: string]: Json };

/** A way in which two request bodies may differ and still mean the same. Applied to both before they are compared. */
export type Rule = { reason: string; apply(body: Body): void };

/** What the suite checks of a fixture. */
export type Aspect =
  | "shape"
  | "chunking"
  | "text"
  | "calls"
  | "usage"
  | "unknown"
  | "self"
  | "echo"
  | "file"
  | "error"
  | "request"
  /** The file is no response of the dialect at all. */
  | "all";

/** A check that does not hold for one fixture, and why the recording (or its index) is what is wrong. */
export type Exception = { fixture: string; aspect: Aspect; reason: string };

/** The written list of one dialect. */
export type Expectations = { rules: readonly Rule[]; exceptions: readonly Exception[] };

/** Whether a JSON value is an object. */
export function isBody(value: Json | undefined): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list, for rules that walk messages, parts or tools. */
export function bodiesIn(value: Json | undefined): Body[] {
  return Array.isArray(value) ? value.filter(isBody) : [];
}
