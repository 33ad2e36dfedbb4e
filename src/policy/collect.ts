/** Gathers the rules of all settings layers and of the command line. */
import { TauError } from "../core/errors.ts";
import { type PresetName, presets } from "./presets.ts";
import { type Effect, parseRule, type Rule, ruleText } from "./rule.ts";
import { refuseUnknownTool } from "./tool-names.ts";

/** The permissions of one settings layer. */
export type RuleLayer = {
  origin: { layer: string };
  settings: RuleLists;
  /** All that is written in the file, when not all of it counts. */
  written?: RuleLists;
  /** `file:line:column` of the value these steps lead to. */
  placeOf?(steps: readonly (string | number)[]): string;
};

type RuleLists = {
  permissions?:
    | {
        preset?: PresetName | undefined;
        allow?: readonly string[] | undefined;
        ask?: readonly string[] | undefined;
        deny?: readonly string[] | undefined;
      }
    | undefined;
};

/** Where rules stand that a person answered "always in this project" with. */
export const approvalsSource = "project approvals";

const effects: readonly Effect[] = ["deny", "ask", "allow"];

/**
 * Parses the rules of each layer, weakest first; `flags` are those of `--allow` and `--deny`. A rule that can match
 * nothing is refused: who wrote it believes something is allowed or forbidden. So is one that does not count yet.
 * @throws TauError `config` naming the rule and where it stands, `usage` for one of the flags.
 */
export function collectRules(
  layers: readonly RuleLayer[],
  flags: { allow: readonly string[]; deny: readonly string[] },
): Rule[] {
  const preset = layers.findLast(({ settings }) => settings.permissions?.preset !== undefined)?.settings
    .permissions?.preset;
  const fromLayers = layers.flatMap(({ origin, settings, written = settings, placeOf }) =>
    effects.flatMap((effect) => {
      const rules = (written.permissions?.[effect] ?? []).map((text, index) =>
        locate("config", placeOf?.(["permissions", effect, index]), () =>
          knownRule(text, effect, layerSource(origin.layer), placeOf?.(["permissions", effect, index])),
        ),
      );
      return settings.permissions?.[effect] === undefined ? [] : rules;
    }),
  );
  const flag = (effect: "allow" | "deny") => (text: string) =>
    locate("usage", undefined, () => knownRule(text, effect, `--${effect}`));
  return [
    ...presetRules(preset),
    ...fromLayers,
    ...flags.deny.map(flag("deny")),
    ...flags.allow.map(flag("allow")),
  ];
}

/** How decisions name a layer. */
export const layerSource = (layer: string): string =>
  layer === "approvals" ? approvalsSource : `${layer} config`;

function knownRule(text: string, effect: Effect, source: string, place?: string): Rule {
  refuseUnknownTool(text, source);
  return parseRule(text, effect, source, place);
}

/** The rules of a preset. */
export function presetRules(name: PresetName | undefined): Rule[] {
  if (name === undefined) return [];
  return effects.flatMap((effect) =>
    presets[name].rules[effect].map((text) => parseRule(text, effect, `preset ${name}`)),
  );
}

/** Says of a refusal where the rule stands, and so whose mistake it is. */
function locate(reason: "config" | "usage", place: string | undefined, parse: () => Rule): Rule {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TauError)) throw error;
    const where = place === undefined ? "" : `${place}: `;
    throw new TauError(reason, `${where}${error.message}`, error.hint);
  }
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
