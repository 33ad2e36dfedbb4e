/** `tau config set` and `unset`: one setting in one file, checked before it is written. */
import { editSettings } from "../../config/edit-settings.ts";
import { mergeLayers } from "../../config/load.ts";
import { tightened } from "../../config/project-settings.ts";
import { settingPath, settingsJsonSchema, settingValue } from "../../config/setting-path.ts";
import type { Settings } from "../../config/settings.ts";
import type { SettingsFile } from "../../config/settings-file.ts";
import { dotted } from "../../config/settings-steps.ts";
import { TauError } from "../../core/errors.ts";
import type { Json } from "../../core/message.ts";
import { collectRules } from "../../policy/collect.ts";
import { resolveModel } from "../../providers/registry.ts";
import { print } from "../print/streams.ts";
import { settingsHere } from "./here.ts";
import { originText, valueText } from "./list.ts";
import { type Place, type PlaceOptions, placeOf } from "./places.ts";

/**
 * Writes a setting and says where it stands and whether it holds.
 * @throws TauError `usage` for a name that is none, `config` for a value that may not stand there; then nothing is written
 */
export async function setConfig(name: string, given: readonly string[], where: PlaceOptions): Promise<void> {
  const { steps, node } = settingPath(name, await settingsJsonSchema());
  const value = settingValue(name, node, given);
  const place = placeOf(where);
  if (place.kind === "profile" && /^(\$schema|profiles?)$/.test(steps[0] ?? ""))
    throw new TauError("usage", `a profile cannot hold ${steps[0]}`, "leave --profile out");
  await write(place, steps, value);
  print(`${dotted(steps)} = ${shownValue(steps, value)} in ${placeName(place)}`);
  const note = await overriding(dotted(steps), value, place);
  if (note !== null) print(note);
}

/** Takes a setting out of a file. */
export async function unsetConfig(name: string, where: PlaceOptions): Promise<void> {
  const { steps } = settingPath(name, await settingsJsonSchema());
  const place = placeOf(where);
  await write(place, steps, undefined);
  print(`${dotted(steps)} is not set in ${placeName(place)}`);
}

const placeName = ({ path, within }: Place): string =>
  within.length > 0 ? `${path} (profile ${within.at(-1)})` : path;

/** What a person typed may be a key. */
const shownValue = (steps: readonly string[], value: Json): string =>
  steps[0] === "providers" && (steps.includes("headers") || steps.includes("options"))
    ? "(hidden)"
    : valueText(value);

async function write({ kind, path, within }: Place, steps: readonly string[], value: Json | undefined) {
  const edits = [{ steps: [...within, ...steps], value }];
  if (value === undefined) return editSettings(path, edits, Date.now);
  const isProjects = kind === "project" || kind === "local";
  const inForce = isProjects ? await belowProject() : {};
  await editSettings(path, edits, Date.now, (file) => {
    refuseNonsense(file, within, steps);
    if (!isProjects) return;
    const key = dotted(steps);
    const [refused] = tightened(file.settings, inForce).ignored.filter(
      (one) => key === one.key || key.startsWith(`${one.key}.`) || one.key.startsWith(`${key}.`),
    );
    if (refused)
      throw new TauError(
        "config",
        `a project's file cannot set ${refused.key}: ${refused.why}`,
        `set it in your own: tau config set ${key} ...`,
      );
  });
}

/** The user's own settings, which a project's file is measured against. */
async function belowProject(): Promise<Settings> {
  const { loaded } = await settingsHere(undefined);
  return mergeLayers(
    loaded.layers.filter(({ origin }) => origin.layer === "user" || origin.layer === "profile"),
  );
}

/** What the schema takes and a run would refuse: models of nobody, rules that match nothing. */
function refuseNonsense(
  { settings, placeOf: at }: SettingsFile,
  within: readonly string[],
  steps: readonly string[],
) {
  const [, profile] = within;
  const part = profile === undefined ? settings : (settings.profiles?.[profile] ?? {});
  const custom = { ...settings.providers, ...part.providers };
  const [first] = steps;
  const models = first === "model" ? [part.model] : first === "fallback" ? (part.fallback ?? []) : [];
  for (const model of models)
    if (model !== undefined && !model.startsWith("demo/")) resolveModel(model, custom);
  if (first === "permissions")
    collectRules(
      [{ origin: { layer: "user" }, settings: part, placeOf: (inner) => at([...within, ...inner]) }],
      { allow: [], deny: [] },
    );
}

/** A sentence when what was written does not hold here, and because of what. */
async function overriding(key: string, value: Json, place: Place): Promise<string | null> {
  const { inForce } = await settingsHere(undefined);
  const found = inForce.filter((one) => one.key === key);
  const stands = found.some((one) => one.place?.startsWith(`${place.path}:`));
  const winner = found.at(-1);
  if (stands || winner === undefined || JSON.stringify(winner.value) === JSON.stringify(value)) return null;
  const profile = place.within.at(-1);
  if (profile !== undefined) return `It holds with --profile ${profile}.`;
  return `Here ${originText(winner)} has the last word: ${key} = ${valueText(winner.value)}`;
}
