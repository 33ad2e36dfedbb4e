/** Writing one setting into one file, checked before it is written: the way of `tau config set` and of the UI. */
import { editSettings } from "../config/edit-settings.ts";
import { originText, valueText } from "../config/effective.ts";
import { mergeLayers } from "../config/load.ts";
import { tightened } from "../config/project-settings.ts";
import type { SettingsFile } from "../config/settings-file.ts";
import { dotted } from "../config/settings-steps.ts";
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import type { Json } from "../core/message.ts";
import { collectRules } from "../policy/collect.ts";
import { resolveModel } from "../providers/registry.ts";
import { type SettingsGround, settingsHere } from "./settings-here.ts";
import type { SettingsPlace } from "./settings-place.ts";

/** A place in words. */
export const placeName = ({ path, within }: SettingsPlace): string =>
  within.length > 0 ? `${path} (profile ${within.at(-1)})` : path;

/** A value in words; what a person typed may be a key. */
export const shownValue = (steps: readonly string[], value: Json): string =>
  steps[0] === "providers" && (steps.includes("headers") || steps.includes("options"))
    ? "(hidden)"
    : valueText(value);

/**
 * Writes a setting, or takes it out where the value is undefined.
 * @throws TauError `usage` or `config` for what may not stand there; then nothing is written
 */
export async function writeSetting(
  ground: SettingsGround,
  { kind, path, within }: SettingsPlace,
  steps: readonly string[],
  value: Json | undefined,
  now: Clock,
): Promise<void> {
  if (kind === "profile" && /^(\$schema|profiles?)$/.test(steps[0] ?? ""))
    throw new TauError("usage", `a profile cannot hold ${steps[0]}`, "leave --profile out");
  const edits = [{ steps: [...within, ...steps], value }];
  if (value === undefined) return editSettings(path, edits, now);
  const isProjects = kind === "project" || kind === "local";
  const { loaded } = isProjects ? await settingsHere({ ...ground, flags: {} }) : { loaded: null };
  // The user's own settings, which a project's file is measured against.
  const inForce = mergeLayers(
    loaded?.layers.filter(({ origin }) => origin.layer === "user" || origin.layer === "profile") ?? [],
  );
  await editSettings(path, edits, now, (file) => {
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

/** A sentence when what was written does not hold there from the next start on, and because of what. */
export async function overriding(
  ground: SettingsGround,
  key: string,
  value: Json,
  place: SettingsPlace,
): Promise<string | null> {
  const { inForce } = await settingsHere(ground);
  const found = inForce.filter((one) => one.key === key);
  const stands = found.some((one) => one.place?.startsWith(`${place.path}:`));
  const winner = found.at(-1);
  if (stands || winner === undefined || JSON.stringify(winner.value) === JSON.stringify(value)) return null;
  const profile = place.within.at(-1);
  if (profile !== undefined) return `It holds with --profile ${profile}.`;
  return `Here ${originText(winner)} has the last word: ${key} = ${valueText(winner.value)}`;
}
