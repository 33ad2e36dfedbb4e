/** From an entry to what is started or asked: variables filled in, the environment cleaned. */
import { resolve } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { TauError } from "../../core/errors.ts";
import type { ServerEntry } from "./entries.ts";
import { shownHeader, shownUrl, shownVariable } from "./secrets.ts";
import { filledIn } from "./variables.ts";

/** How long a server may take until it has told of its tools, when its entry does not say. */
export const defaultStartupMs = 30_000;
/** How long a call may go without a sign of life, when the entry does not say. */
export const defaultCallMs = 60_000;

/** What to start, or whom to ask. */
export type Address =
  | { kind: "stdio"; argv: [string, ...string[]]; cwd: string; env: { [name: string]: string } }
  /** `http` falls back on `sse` where the server is of the old kind. */
  | { kind: "http" | "sse"; url: URL; headers: { [name: string]: string } };

/** Where variables and programs come from. */
export type Surroundings = {
  /** All there is; an entry names what it wants of it. */
  env: Environment;
  /** What every child may see. */
  childEnv: { readonly [name: string]: string };
  /** The project's root folder. */
  root: string;
};

/**
 * The address of an entry.
 * @throws TauError `config` when a variable it names is not set, or its url is none
 */
export function addressOf({ name, written }: ServerEntry, { env, childEnv, root }: Surroundings): Address {
  const fill = (text: string): string => filledIn(text, env, (variable) => missing(name, variable));
  const fillAll = (record: { readonly [key: string]: string } = {}) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fill(value)]));
  const { command, args = [], url, type } = written;
  if (command !== undefined) {
    return {
      kind: "stdio",
      argv: [fill(command), ...args.map(fill)],
      cwd: resolve(root, fill(written.cwd ?? ".")),
      env: { ...childEnv, ...fillAll(written.env) },
    };
  }
  const address = fill(url ?? "");
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new TauError(
      "config",
      `the MCP server ${name} has a url that is none: ${url}`,
      "correct its entry",
    );
  return { kind: type === "sse" ? "sse" : "http", url: new URL(address), headers: fillAll(written.headers) };
}

function missing(server: string, variable: string): never {
  throw new TauError(
    "config",
    `the MCP server ${server} needs the environment variable ${variable}, which is not set`,
    `export ${variable}, or take it out of the entry`,
  );
}

/** An entry as people are shown it before they allow it: exactly what would be started, variables not filled in, credentials left out. */
export function describeEntry({ written }: ServerEntry): string {
  const { command, args = [], url = "", env = {}, headers = {}, cwd } = written;
  const more = [
    ...Object.entries(env).map(([key, value]) => `with ${key}=${shownVariable(key, value)}`),
    ...Object.entries(headers).map(([key, value]) => `with the header ${key}: ${shownHeader(key, value)}`),
    ...(cwd === undefined ? [] : [`in ${cwd}`]),
  ];
  const what = command === undefined ? shownUrl(url) : [command, ...args].map(shown).join(" ");
  return [what, ...more].join("\n");
}

/** A word of a command line, quoted where a shell would need it. */
const shown = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
