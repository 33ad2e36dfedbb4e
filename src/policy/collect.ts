/** Gathers the rules of all settings layers and of the command line. */
import { type Effect, parseRule, type Rule, ruleText } from "./rule.ts";

/** The permissions of one settings layer. */
export type RuleLayer = {
  origin: { layer: string };
  settings: {
    permissions?:
      | {
          allow?: readonly string[] | undefined;
          ask?: readonly string[] | undefined;
          deny?: readonly string[] | undefined;
        }
      | undefined;
  };
};

const effects: readonly Effect[] = ["deny", "ask", "allow"];

/**
 * Parses the rules of each layer, weakest first; `flags` are those of `--allow` and `--deny`.
 * @throws TauError `config` naming the rule and the layer that is wrong.
 */
export function collectRules(
  layers: readonly RuleLayer[],
  flags: { allow: readonly string[]; deny: readonly string[] },
): Rule[] {
  const fromLayers = layers.flatMap(({ origin, settings }) =>
    effects.flatMap((effect) =>
      (settings.permissions?.[effect] ?? []).map((text) => parseRule(text, effect, `${origin.layer} config`)),
    ),
  );
  return [
    ...fromLayers,
    ...flags.deny.map((text) => parseRule(text, "deny", "--deny")),
    ...flags.allow.map((text) => parseRule(text, "allow", "--allow")),
  ];
}

/**
 * Rules that guard Tau's own folders: the model may neither change its settings, ledger and credentials nor read the
 * credentials; but the full outputs of commands it ran are its to read. All paths absolute.
 */
export function ownFolderRules(folders: {
  config: string;
  data: string;
  state: string;
  /** Where full command outputs are kept. */
  output: string;
}): Rule[] {
  const { config, data, state, output } = folders;
  const rule = (tool: string, path: string, effect: Effect) =>
    parseRule(ruleText(tool, `/${path}`), effect, "built-in");
  return [
    ...[...new Set([config, data, state])].map((folder) => rule("Edit", `${folder}/**`, "deny")),
    rule("Read", `${config}/credentials.json`, "deny"),
    rule("Read", `${output}/**`, "allow"),
  ];
}
