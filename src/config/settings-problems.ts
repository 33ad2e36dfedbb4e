/** What is wrong with a settings file, in words; loaded when something is. */
import type { Node } from "jsonc-parser";
import * as z from "zod";
import { nearestNames } from "../core/likeness.ts";
import { settingsSchema } from "./settings.ts";
import { dotted, nodeAt, propertyOf, type Steps } from "./settings-steps.ts";

/** What is wrong at an offset of the file's text. */
export type SettingsProblem = { offset: number; text: string };

/** The schema's issues as sentences, each at the value it is about. */
export function settingsProblems(issues: readonly z.core.$ZodIssue[], root: Node): SettingsProblem[] {
  const schema = z.toJSONSchema(settingsSchema, { io: "input" });
  return issues.flatMap((issue) => {
    const steps = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    const node = nodeAt(root, steps);
    if (issue.code !== "unrecognized_keys")
      return [{ offset: node.offset, text: `${dotted(steps)} ${wrongValue(issue.message, steps, node)}` }];
    const known = keysAt(schema, steps);
    return issue.keys.map((key) => {
      const near = nearestNames(key, known);
      const advised =
        near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known are ${known.join(", ")}`;
      const offset = propertyOf(node, key)?.offset ?? node.offset;
      return { offset, text: `there is no setting ${dotted([...steps, key])}; ${advised}` };
    });
  });
}

/** What is wrong with a value: what it is, unless it may be a secret, and what it may be. */
function wrongValue(message: string, steps: Steps, node: Node): string {
  if (message.endsWith("received undefined")) return "is missing";
  const allowed = message.replace(/^(Invalid input|Invalid option|Too small|Too big): /, "");
  // Headers and options of a provider may hold keys.
  if (steps.length === 0 || steps.includes("providers")) return `is not valid: ${allowed}`;
  const written =
    node.type === "object" || node.type === "array" ? `an ${node.type}` : JSON.stringify(node.value);
  return `is ${written.length > 60 ? `${written.slice(0, 60)}…` : written}: ${allowed}`;
}

/** The names a settings object may hold, by the JSON Schema. */
function keysAt(schema: object, steps: Steps): string[] {
  let here: SchemaNode = schema;
  for (const step of steps) here = here.properties?.[step] ?? asNode(here.additionalProperties) ?? {};
  return Object.keys(here.properties ?? {});
}

type SchemaNode = { properties?: Record<string, SchemaNode>; additionalProperties?: unknown };

const asNode = (value: unknown): SchemaNode | null =>
  typeof value === "object" && value !== null ? value : null;
