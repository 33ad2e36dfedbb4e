/** `tau auth login`: a provider's key, checked with it and kept. */
import { saveKey } from "../../config/save-credentials.ts";
import { exitCodes, TauError } from "../../core/errors.ts";
import { findKey } from "../../providers/connection.ts";
import { providerEntry } from "../../providers/registry.ts";
import { ownPaths } from "../ledger.ts";
import { Back, Interrupted, Skipped } from "../onboarding/asker.ts";
import { openAsker } from "../onboarding/open-asker.ts";
import { say } from "../print/streams.ts";
import { checkKey } from "./check-key.ts";
import { providersHere } from "./providers-here.ts";
import { checkedKey, keyProblemOf, readKey } from "./read-key.ts";

/** How the key comes, and whether the provider is asked about it. */
export type LoginOptions = { stdin?: boolean; check?: boolean; profile?: string };

/**
 * Returns the exit code.
 * @throws TauError `usage` without a provider or key, `auth` when the provider rejects it; then nothing is kept
 */
export async function login(wanted: string | undefined, options: LoginOptions): Promise<number> {
  try {
    return await loginAsked(wanted, options);
  } catch (error) {
    if ([Interrupted, Skipped, Back].some((left) => error instanceof left)) return exitCodes.interrupted;
    throw error;
  }
}

async function loginAsked(
  wanted: string | undefined,
  { stdin, check = true, profile }: LoginOptions,
): Promise<number> {
  const { custom, ids } = await providersHere(profile);
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (wanted === undefined && (stdin || !isTerminal))
    throw new TauError(
      "usage",
      "which provider is the key for?",
      `tau auth login PROVIDER, of ${ids.join(", ")}`,
    );
  if (wanted !== undefined) providerEntry(wanted, custom);
  if (!stdin && !isTerminal)
    throw new TauError(
      "usage",
      "there is no terminal to type the key in",
      `pipe it: tau auth login ${wanted} --stdin < FILE (never on a command line, where others see it)`,
    );
  const asker = stdin ? null : await openAsker("rich");
  const id =
    wanted ??
    (await asker?.choose({
      message: "Which provider is the key for?",
      choices: ids
        .map((one) => providerEntry(one, custom))
        .filter(({ keyRequired }) => keyRequired)
        .map((one) => ({ value: one.id, name: one.name })),
    })) ??
    "";
  const provider = providerEntry(id, custom);
  const key = asker
    ? checkedKey(
        await asker.secret({
          message: `Key of ${provider.name}:`,
          validate: (text) => keyProblemOf(text.trim()) ?? true,
        }),
      )
    : await readKey(process.stdin);
  if (check) {
    const result = await checkKey(provider, { [id]: key });
    if (!result.ok && !result.valid) {
      const keepAnyway =
        asker !== null &&
        result.reason !== "auth" &&
        (await asker.confirm({ message: `${result.message}. Keep the key all the same?`, default: false }));
      if (!keepAnyway)
        throw new TauError(
          result.reason,
          result.message,
          `${result.hint}; nothing was kept${result.reason === "auth" ? "" : " (--no-check keeps it unchecked)"}`,
        );
    }
    if (result.ok) say(`${provider.name} knows the key: it may use ${result.models.length} models\n`);
    else say(`tau: ${result.message}\n     ${result.hint}\n`);
  }
  const path = await saveKey(ownPaths(), id, key, Date.now);
  say(`The key of ${id} is in ${path}\n`);
  const used = findKey(provider, process.env, { [id]: key });
  if (used && used.source !== "credentials.json")
    say(`tau: ${used.source} is set in the environment and goes before it\n`);
  return exitCodes.done;
}
