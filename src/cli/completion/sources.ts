/**
 * What the value of an option or argument is, so that a shell can offer some. Read from what the help calls it: a new
 * command that says `<file>` or `--model` is completed without a word here.
 */

/** Asked of Tau while somebody types (`tau __complete`), because only it knows. */
export const dynamicSources = [
  "models",
  "providers",
  "sessions",
  "profiles",
  "themes",
  "config-keys",
  "config-values",
] as const;
/** One of them. */
export type DynamicSource = (typeof dynamicSources)[number];
/** Those, and what shells know themselves. */
export type Source = DynamicSource | "files" | "folders";

const optionSources: { [attribute: string]: Source } = {
  model: "models",
  fallback: "models",
  provider: "providers",
  profile: "profiles",
  session: "sessions",
  resume: "sessions",
  theme: "themes",
};

const placeholders: { [name: string]: Source } = {
  file: "files",
  folder: "folders",
  "provider/model": "models",
};

const argumentSources: { [name: string]: Source } = {
  ...placeholders,
  id: "sessions",
  session: "sessions",
  model: "models",
  provider: "providers",
  profile: "profiles",
  theme: "themes",
  key: "config-keys",
  value: "config-values",
  // Tasks name files of the project.
  task: "files",
};

/** @param attribute the option's long name in camel case */
export function sourceOfOption(attribute: string, flags: string): Source | null {
  const placeholder = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? "";
  return pick(optionSources, attribute) ?? pick(placeholders, placeholder);
}

/** @param name as between the brackets of the help */
export const sourceOfArgument = (name: string): Source | null => pick(argumentSources, name);

const pick = (table: { [name: string]: Source }, name: string): Source | null =>
  Object.hasOwn(table, name) ? (table[name] ?? null) : null;

/** Whether a shell has to ask Tau. */
export const isDynamic = (source: Source | null): source is DynamicSource =>
  dynamicSources.some((one) => one === source);
