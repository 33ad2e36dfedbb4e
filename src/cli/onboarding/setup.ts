/** What the wizard is told, however it is told: by a person, by options, by a file; and how it becomes settings. */
import { join } from "node:path";
import { editSettings, type SettingEdit } from "../../config/edit-settings.ts";
import type { TauPaths } from "../../config/paths.ts";
import type { Json } from "../../core/message.ts";
import type { Dialect } from "../../core/model.ts";
import type { Mode } from "../../core/permission.ts";

/** The answers so far. What is left out is left as it is. */
export type Setup = {
  provider?: string | undefined;
  /** Of a host Tau does not know. */
  baseUrl?: string | undefined;
  dialect?: Dialect | undefined;
  /** A variable the key stays in, when it is none of the provider's own. */
  keyEnv?: string | undefined;
  /** `provider/model`. */
  model?: string | undefined;
  /** Tokens, of a model the catalogue does not know, by its server. */
  contextWindow?: number | undefined;
  mode?: Mode | undefined;
  /** US dollars; null takes the cap away. */
  dailyBudget?: number | null | undefined;
  /** A local server's tokens cost nothing: said, so that they can run under a budget. */
  free?: boolean | undefined;
  theme?: string | undefined;
};

/** What was written. */
export type Written = { path: string; keys: string[] };

/**
 * Writes the answers into the user's settings, or into a profile of them. What else stands there stays.
 * @throws TauError when the file is wrong or cannot be written
 */
export async function writeSetup(
  paths: TauPaths,
  profile: string | null,
  setup: Setup,
  now: () => number,
): Promise<Written> {
  const path = join(paths.config, "config.json");
  const within = profile === null ? [] : ["profiles", profile];
  const edits = editsOf(setup).map(({ steps, value }) => ({ steps: [...within, ...steps], value }));
  await editSettings(path, edits, now);
  return { path, keys: edits.map(({ steps }) => steps.join(".")) };
}

function editsOf({ provider, model, ...setup }: Setup): SettingEdit[] {
  const set = (steps: readonly string[], value: Json | undefined): SettingEdit[] =>
    value === undefined ? [] : [{ steps, value }];
  const host = provider === undefined ? [] : ["providers", provider];
  return [
    ...(host.length === 0
      ? []
      : [
          ...set([...host, "baseUrl"], setup.baseUrl),
          ...set([...host, "dialect"], setup.dialect),
          ...set([...host, "apiKeyEnv"], setup.keyEnv),
        ]),
    ...set(["model"], model),
    ...(model === undefined ? [] : set(["models", model, "contextWindow"], setup.contextWindow)),
    ...(setup.free && provider !== undefined
      ? set(["models", `${provider}/*`, "price"], { input: 0, output: 0 })
      : []),
    ...set(["mode"], setup.mode),
    ...(setup.dailyBudget === null
      ? [{ steps: ["budgets", "day", "usd"], value: undefined }]
      : set(["budgets", "day", "usd"], setup.dailyBudget)),
    ...set(["theme"], setup.theme),
  ];
}
