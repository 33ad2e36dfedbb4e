/** `tau policy`: the rules in force here, what they say of a command, and the presets. */
import { join } from "node:path";
import * as z from "zod";
import { loadSettings } from "../config/load.ts";
import { projectRoot } from "../config/project.ts";
import type { Decision, Mode } from "../core/permission.ts";
import { collectRules, ownFolderRules } from "../policy/collect.ts";
import { decide, modeInForce, type Policy, type PolicyCall, ruleWidths } from "../policy/decide.ts";
import { type CommandVerdict, commandVerdicts } from "../policy/explain.ts";
import { presetNames, presets } from "../policy/presets.ts";
import { outputsFolder } from "../tools/process/outputs.ts";
import { shellReader } from "../tools/shell-reader.ts";
import { homeFolder, workingFolder } from "./folder.ts";
import { ownPaths } from "./ledger.ts";
import { modes } from "./options.ts";
import { print } from "./print/streams.ts";
import { runtime } from "./runtime.ts";
import { table } from "./table.ts";

const listOptions = z.object({ json: z.boolean().default(false) });
const explainOptions = listOptions.extend({ mode: z.enum(modes).optional() });

/** Prints the rules of all layers, deny before ask before allow, as they are held against a call. */
export async function listPermissions(raw: object): Promise<void> {
  const { json } = listOptions.parse(raw);
  const { rules } = await policyHere();
  const order = ["deny", "ask", "allow"];
  const sorted = [...rules].sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect));
  const rows = sorted.map(({ effect, text, source, place }) => ({ effect, rule: text, source, place }));
  if (json) return print(JSON.stringify(rows));
  if (rows.length === 0)
    return print("no rules: the mode decides (tau policy explain says what about a command)");
  const titles = ["effect", "rule", "from"].map((title) => ({ title }));
  print(
    table(
      titles,
      rows.map(({ effect, rule, source, place }) => [effect, rule, place ?? source]),
    ).join("\n"),
  );
}

/** What `explain` finds, as data. */
type Explanation = Decision & {
  command: string;
  mode: Mode;
  /** Each simple command of the line with its own verdict; empty where it cannot be taken apart. */
  commands: CommandVerdict[];
  /** Rules that would allow it, narrowest first. */
  rules: { width: string; rule: string }[];
};

/** Prints what would become of a command of the bash tool, and why. */
export async function explainPermission(command: string, raw: object): Promise<void> {
  const { json, mode: wanted } = explainOptions.parse(raw);
  const { rules, mode: usual, root, ...limits } = await policyHere();
  const mode = wanted ?? usual;
  const { grammar, now } = runtime();
  const read = await shellReader(grammar, now).ready();
  const call: PolicyCall = {
    name: "bash",
    access: "execute",
    intent: { summary: command, paths: [], command },
    line: read(command),
    cwd: workingFolder(),
    projectRoot: root,
    home: homeFolder(),
  };
  const policy = { mode, rules, ...limits };
  const found: Explanation = {
    command,
    mode: modeInForce(policy),
    ...decide(call, policy),
    commands: commandVerdicts(call, policy),
    rules: ruleWidths(call),
  };
  print(json ? JSON.stringify(found) : explanationText(found));
}

function explanationText(found: Explanation): string {
  const { effect, rule, source, place, part, reason, command: line, mode, commands, rules } = found;
  return [
    `${effect}: ${reason}`,
    `rule: ${rule} (${source}${place === undefined ? "" : `, ${place}`}), mode ${mode}`,
    ...(part === undefined || part === line ? [] : [`part: ${part}`]),
    ...(commands.length > 1
      ? commands.map(
          ({ command, decision }) =>
            `  ${decision.effect.padEnd(5)} ${command}  (${decision.rule}, ${decision.source})`,
        )
      : []),
    ...(effect === "ask" && rules.length > 0
      ? ["would be allowed by:", ...rules.map((one) => `  ${one.rule}  (${one.width})`)]
      : []),
  ].join("\n");
}

/** The policy of a run in this folder without flags. */
async function policyHere(): Promise<Policy & { root: string }> {
  const root = projectRoot(workingFolder());
  const paths = ownPaths();
  const loaded = await loadSettings(paths, root, process.env, {});
  const own = ownFolderRules({ ...paths, output: join(paths.state, outputsFolder) });
  return {
    rules: [...own, ...collectRules(loaded.layers, { allow: [], deny: [] })],
    mode: loaded.settings.mode ?? "ask",
    ...(loaded.freest && { freest: loaded.freest.mode }),
    root,
  };
}

/** Prints the presets, rule by rule. */
export async function showPresets(raw: object): Promise<void> {
  const { json } = listOptions.parse(raw);
  if (json) return print(JSON.stringify(presets));
  const sections = presetNames.map((name) => {
    const { about, rules } = presets[name];
    const lines = (["deny", "ask", "allow"] as const).flatMap((effect) =>
      rules[effect].map((rule) => `  ${effect.padEnd(5)} ${rule}`),
    );
    return [`${name}: ${about}`, ...lines].join("\n");
  });
  print([...sections, "tau config set permissions.preset NAME picks one"].join("\n\n"));
}
