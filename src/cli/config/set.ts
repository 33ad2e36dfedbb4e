/** `tau config set` and `unset`: one setting in one file, checked before it is written. */
import { overriding, placeName, shownValue, writeSetting } from "../../app/write-setting.ts";
import { settingPath, settingsJsonSchema, settingValue } from "../../config/setting-path.ts";
import { dotted } from "../../config/settings-steps.ts";
import { print } from "../print/streams.ts";
import { ground } from "./here.ts";
import { type PlaceOptions, placeOf } from "./places.ts";

/**
 * Writes a setting and says where it stands and whether it holds.
 * @throws TauError `usage` for a name that is none, `config` for a value that may not stand there; then nothing is written
 */
export async function setConfig(name: string, given: readonly string[], where: PlaceOptions): Promise<void> {
  const { steps, node } = settingPath(name, await settingsJsonSchema());
  const value = settingValue(name, node, given);
  const place = placeOf(where);
  await writeSetting(ground(undefined), place, steps, value, Date.now);
  print(`${dotted(steps)} = ${shownValue(steps, value)} in ${placeName(place)}`);
  const note = await overriding(ground(undefined), dotted(steps), value, place);
  if (note !== null) print(note);
}

/** Takes a setting out of a file. */
export async function unsetConfig(name: string, where: PlaceOptions): Promise<void> {
  const { steps } = settingPath(name, await settingsJsonSchema());
  const place = placeOf(where);
  await writeSetting(ground(undefined), place, steps, undefined, Date.now);
  print(`${dotted(steps)} is not set in ${placeName(place)}`);
}
