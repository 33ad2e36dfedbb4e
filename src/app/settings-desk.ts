/** The settings while Tau runs: what holds here, and writing what is to hold from the next start on. */
import { originText, valueText } from "../config/effective.ts";
import { type KnownSetting, knownSettings } from "../config/setting-list.ts";
import { settingPath, settingsJsonSchema, settingValue } from "../config/setting-path.ts";
import { dotted } from "../config/settings-steps.ts";
import { messageOf, TauError } from "../core/errors.ts";
import type { Parts } from "./parts.ts";
import { type SettingsGround, settingsHere } from "./settings-here.ts";
import { ownPlace, projectPlace, type SettingsPlace } from "./settings-place.ts";
import { overriding, placeName, shownValue, writeSetting } from "./write-setting.ts";

/** A setting as it holds in this folder. */
export type ShownSetting = KnownSetting & {
  /** In words; null where nothing is set. */
  value: string | null;
  /** The layer that won, and its place in it; null where nothing is set. */
  from: string | null;
};

/** Whose file is written: the person's own (the profile in force, where that says something of it), or the project's. */
export type SettingsOwner = "own" | "project";

/** See this file. */
export type SettingsDesk = {
  /** Every setting there is. */
  list(): Promise<ShownSetting[]>;
  /**
   * Writes a setting; comments and order of the file stay.
   * @param given what a command line would give; empty takes the setting out
   * @returns what there is to tell: where it stands now, and what has the last word over it
   * @throws TauError for what may not stand there; then nothing is written
   */
  write(key: string, given: readonly string[], owner: SettingsOwner): Promise<string>;
};

/** What it stands on. */
export type DeskGround = Pick<Parts, "paths" | "root"> & {
  options: Pick<Parts["options"], "env" | "flags" | "now">;
};

/** Makes it. Nothing is read before it is asked. */
export function settingsDesk({ options, paths, root }: DeskGround): SettingsDesk {
  const ground: SettingsGround = { paths, root, env: options.env, flags: options.flags };
  const { profile } = options.flags;
  // What stands on this command line does not stand on the next one.
  const later: SettingsGround = { ...ground, flags: profile === undefined ? {} : { profile } };
  return {
    async list() {
      const { inForce, loaded } = await settingsHere(ground);
      const named = (table: string): string[] => namesIn(loaded.settings, table);
      return knownSettings(await settingsJsonSchema(), named).map((known) => {
        const set = inForce.filter(({ key }) => key === known.key);
        const last = set.at(-1);
        return {
          ...known,
          value: last === undefined ? null : set.map(({ value }) => valueText(value)).join(", "),
          from: last === undefined ? null : [...new Set(set.map(originText))].join(", "),
        };
      });
    },
    async write(name, given, owner) {
      try {
        const { steps, node } = settingPath(name, await settingsJsonSchema());
        const key = dotted(steps);
        const place = owner === "project" ? projectPlace(ground, "project") : await ownPlaceOf(later, key);
        const value = given.length === 0 ? undefined : settingValue(name, node, given);
        await writeSetting(ground, place, steps, value, options.now);
        if (value === undefined) return `${key} is not set in ${placeName(place)} any more`;
        const note = await overriding(later, key, value, place);
        return `${key} = ${shownValue(steps, value)} in ${placeName(place)}${note === null ? "" : `. ${note}`}`;
      } catch (error) {
        if (error instanceof TauError && error.hint !== undefined)
          throw new TauError(error.reason, `${messageOf(error)} (${error.hint})`);
        throw error;
      }
    },
  };
}

/** The profile in force has the last word over the file around it. */
async function ownPlaceOf(ground: SettingsGround, key: string): Promise<SettingsPlace> {
  const { inForce, loaded } = await settingsHere(ground);
  const winner = inForce.findLast((one) => one.key === key);
  return ownPlace(ground, winner?.layer === "profile" ? (loaded.settings.profile ?? null) : null);
}

/** The names in a table of the settings. */
function namesIn(settings: unknown, table: string): string[] {
  const found = table
    .split(".")
    .reduce<unknown>(
      (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
      settings,
    );
  return typeof found === "object" && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
}
