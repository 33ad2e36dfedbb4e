/** `tau auth status`: the keys there are, by their source and last characters. */
import { credentialsPath, readCredentials } from "../../config/credentials.ts";
import { messageOf } from "../../core/errors.ts";
import { connectionOf, findKey, keyProblem } from "../../providers/connection.ts";
import { providerEntry } from "../../providers/registry.ts";
import { ownPaths } from "../ledger.ts";
import { print } from "../print/streams.ts";
import { table } from "../table.ts";
import { providersHere } from "./providers-here.ts";

/** How it is printed. */
export type StatusOptions = { json?: boolean; profile?: string };

/** A key that was found. */
type KeyStatus = {
  provider: string;
  /** The variable, or the file. */
  source: string;
  /** Null for a short one, of which they would be too much. */
  last4: string | null;
  /** A key of the file that a variable goes before. */
  shadowed: boolean;
  problem: string | null;
};

/** Keys shorter than this are shown not even in part. */
const leastLength = 20;

/** Prints them. Ends well also when there is none: nothing is wrong with that. */
export async function status({ json, profile }: StatusOptions): Promise<void> {
  const paths = ownPaths();
  const credentials = await readCredentials(paths);
  const { custom, ids } = await providersHere(profile);
  const keys = [...new Set([...ids, ...Object.keys(credentials)])].flatMap((id): KeyStatus[] => {
    const entry = ids.includes(id) ? providerEntry(id, custom) : null;
    const used = entry && findKey(entry, process.env, credentials);
    const stored = credentials[id]?.trim();
    const file = credentialsPath(paths);
    const told = (value: string, source: string, shadowed: boolean, problem: string | null): KeyStatus => ({
      provider: id,
      source,
      last4: value.length < leastLength ? null : value.slice(-4),
      shadowed,
      problem,
    });
    const isShadowed = used !== null && used.source !== "credentials.json";
    return [
      ...(used
        ? [told(used.value, isShadowed ? used.source : file, false, keyProblem(used) ?? addressProblem(id))]
        : []),
      ...(stored && isShadowed ? [told(stored, file, true, null)] : []),
      ...(stored && entry === null ? [told(stored, file, false, "there is no such provider")] : []),
    ];
    function addressProblem(provider: string): string | null {
      try {
        connectionOf(providerEntry(provider, custom), process.env, credentials);
        return null;
      } catch (error) {
        return messageOf(error);
      }
    }
  });
  if (json) return print(JSON.stringify({ keys }));
  if (keys.length === 0)
    return print(
      "No keys. tau auth login keeps one; tau onboard sets everything up; local servers need none.",
    );
  const rows = keys.map(({ provider, source, last4, shadowed, problem }) => [
    provider,
    last4 === null ? "set" : `…${last4}`,
    source,
    problem ?? (shadowed ? "not used: the variable goes before it" : ""),
  ]);
  print(table([{ title: "provider" }, { title: "key" }, { title: "from" }, { title: "" }], rows).join("\n"));
}
