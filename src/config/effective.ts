/** The settings in force, one by one, each with the layer that won. */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../core/message.ts";
import type { Layer, LoadedSettings, Origin } from "./load.ts";
import type { Settings } from "./settings.ts";
import { dotted, type Steps } from "./settings-steps.ts";

/** One setting, or one item of a list to which every layer adds. */
export type EffectiveSetting = {
  /** `limits.steps`, `permissions.deny`. */
  key: string;
  /** What may be a secret is replaced by a word that says so. */
  value: Json;
  layer: Origin["layer"] | "built-in";
  /** `file:line:column`, or the variable; null for flags and what is built in. */
  place: string | null;
  /** Written in a project's file, where it does not count: such a file can only tighten. */
  ignored?: true;
};

/** Settings that are lists to which every layer adds. */
const joined = ["permissions.allow", "permissions.ask", "permissions.deny", "environment", "disabledTools"];

/** Every setting that is set, in the order of the merged settings; what a project's files may not set comes last. */
export function effectiveSettings({ settings, layers }: LoadedSettings): EffectiveSetting[] {
  const set = leaves(settings).flatMap(({ steps, value }) => {
    const key = dotted(steps);
    if (joined.includes(key))
      return layers.flatMap((layer) =>
        items(layer.settings, steps).map((item) => said(layer, key, steps, item)),
      );
    const winner = layers.findLast((layer) => isDeepStrictEqual(valueAt(layer.settings, steps), value));
    return winner ? [said(winner, key, steps, value)] : [];
  });
  const ignored = layers.flatMap((layer) =>
    leaves(layer.written ?? {}).flatMap(({ steps, value }): EffectiveSetting[] =>
      valueAt(layer.settings, steps) === undefined
        ? [{ ...said(layer, dotted(steps), steps, value), ignored: true }]
        : [],
    ),
  );
  return [...set, ...ignored];
}

type Leaf = { steps: string[]; value: Json };

/** Everything that is no object; lists whole. */
function leaves(settings: Settings): Leaf[] {
  const below = (value: unknown, steps: string[]): Leaf[] => {
    if (value === undefined) return [];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return [{ steps, value: value as Json }];
    return Object.entries(value).flatMap(([key, inner]) => below(inner, [...steps, key]));
  };
  // Of the profiles the one in force is a layer; the others say nothing here.
  const { $schema: _, profiles: __, ...rest } = settings;
  return below(rest, []);
}

function valueAt(settings: Settings, steps: Steps): unknown {
  return steps.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    settings,
  );
}

function items(settings: Settings, steps: Steps): Json[] {
  const list = valueAt(settings, steps);
  return Array.isArray(list) ? (list as Json[]) : [];
}

function said(
  { origin, placeOf, settings }: Layer,
  key: string,
  steps: string[],
  value: Json,
): EffectiveSetting {
  const index = joined.includes(key) ? items(settings, steps).indexOf(value) : -1;
  const place = placeOf?.(index === -1 ? steps : [...steps, index]);
  return {
    key,
    value: shown(steps, value),
    layer: origin.layer,
    place: place ?? (origin.layer === "environment" ? variableOf(key) : null),
  };
}

const variableOf = (key: string): string => (key === "profile" ? "TAU_PROFILE" : "TAU_MODEL");

/** Headers and addresses may carry keys. */
function shown(steps: readonly string[], value: Json): Json {
  if (steps[0] !== "providers" || typeof value !== "string") return value;
  const name = steps.at(-1) ?? "";
  if (steps.includes("headers") || (steps.includes("options") && /key|token|secret|password/i.test(name)))
    return "(hidden)";
  return value.replace(/^(\w+:\/\/)[^/@]*@/, "$1(hidden)@");
}

/** A value as a line shows it: text as it is, anything else as JSON. */
export const valueText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The layer of a setting, and its place in it. */
export const originText = ({ layer, place }: EffectiveSetting): string =>
  `${layer}${place === null ? "" : ` ${place}`}`;
