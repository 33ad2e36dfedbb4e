/** `tau config get`: one setting as it holds here. */
import { type EffectiveSetting, originText, valueText } from "../../config/effective.ts";
import { settingPath, settingsJsonSchema } from "../../config/setting-path.ts";
import { dotted } from "../../config/settings-steps.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Json } from "../../core/message.ts";
import { print, say } from "../print/streams.ts";
import { settingsHere } from "./here.ts";

/** What is printed beside the value. */
export type GetOptions = { origin?: boolean; json?: boolean; profile?: string };

/** Prints the value, or those below the name; returns the exit code: 1 when nothing is set. */
export async function getConfig(name: string, { origin, json, profile }: GetOptions): Promise<number> {
  const { steps, node } = settingPath(name, await settingsJsonSchema());
  const key = dotted(steps);
  const { inForce } = await settingsHere(profile);
  const found = inForce.filter((one) => one.key === key || one.key.startsWith(`${key}.`));
  if (found.length === 0) {
    say(`tau: ${key} is not set\n`);
    return exitCodes.failure;
  }
  const isList = node.type === "array";
  if (json) print(JSON.stringify(origin ? found : bareValue(found, key, isList)));
  else
    print(
      found
        .map((one) => {
          const head = one.key === key ? "" : `${one.key} = `;
          return `${head}${valueText(one.value)}${origin ? `  (${originText(one)})` : ""}`;
        })
        .join("\n"),
    );
  return exitCodes.done;
}

/** The value alone: a list's items together, a group as one object of dotted names. */
function bareValue(found: readonly EffectiveSetting[], key: string, isList: boolean): Json {
  const exact = found.filter((one) => one.key === key).map(({ value }) => value);
  const [first] = exact;
  if (first !== undefined) return isList && !Array.isArray(first) ? exact : first;
  return Object.fromEntries(found.map((one) => [one.key.slice(key.length + 1), one.value]));
}
