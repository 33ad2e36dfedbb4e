/** Reading values as loosely as servers write them. */
import type { Json } from "../../core/message.ts";

/** A string with at least one character, or undefined. Servers in Go send "" for what they do not have. */
export function textOr(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A finite number, or undefined. */
export function numberOr(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
