/** The first question: what is there already, or whose key. A key is kept as soon as its provider knows it. */
import { setTimeout as wait } from "node:timers/promises";
import { type Credentials, readCredentials } from "../../config/credentials.ts";
import { saveKey } from "../../config/save-credentials.ts";
import type { ProviderSettings } from "../../config/settings.ts";
import { ownValue } from "../../core/own.ts";
import { providerEntry, providers } from "../../providers/registry.ts";
import { checkKey, checkMs, type KeyCheck } from "../auth/check-key.ts";
import { keyProblemOf } from "../auth/read-key.ts";
import { type Choice, Stale } from "./asker.ts";
import { type FoundServer, findKeys, findServers } from "./detect.ts";
import { type ForeignKey, foreignKeys, valueOfForeignKey } from "./other-agents.ts";
import type { Setup } from "./setup.ts";
import type { Answer, Asking } from "./wizard.ts";

/** One way to a model. */
type Way =
  | { kind: "key"; provider: string }
  | { kind: "server"; server: FoundServer }
  | { kind: "foreign"; key: ForeignKey }
  | { kind: "paste" }
  | { kind: "host" }
  | { kind: "demo" };

/** How long the first question waits for what is on this machine, in ms; what comes later is added to it. */
const patienceMs = 120;

/** Asks until there is a provider. */
export async function askProvider(asking: Asking): Promise<Answer> {
  const { settings, paths, asker } = asking;
  const custom = settings.providers ?? {};
  const searching = findServers(process.env, await readCredentials(paths), custom);
  let servers = await Promise.race([searching, wait(patienceMs, [])]);
  const later = searching.then((found) => {
    servers = found;
  });
  let isAllKnown = false;
  void later.then(() => {
    isAllKnown = true;
  });
  for (;;) {
    const shown = servers.length;
    const ways = await waysOf(asking, servers);
    let way: Way;
    try {
      way = await asker.choose({
        message: ways.length > 3 ? "Found these. Which one?" : "Nothing found yet. How do you want to work?",
        choices: ways,
        ...(!isAllKnown && { stale: later.then(() => (servers.length > shown ? undefined : never)) }),
      });
    } catch (error) {
      if (error instanceof Stale) continue;
      throw error;
    }
    const answer = await take(way, asking);
    if (answer !== null) return answer;
  }
}

const never = new Promise<void>(() => undefined);

/** What is there, the provider of the current model first; then what always can be done. */
async function waysOf(asking: Asking, servers: readonly FoundServer[]): Promise<Choice<Way>[]> {
  const { settings, paths, home } = asking;
  const current = settings.model?.split("/")[0];
  const found = [
    ...findKeys(process.env, await readCredentials(paths), settings.providers ?? {}).map(
      ({ provider, source }): Choice<Way> => ({
        value: { kind: "key", provider: provider.id },
        name: `${provider.name}: key in ${source}`,
      }),
    ),
    ...servers.map(
      (server): Choice<Way> => ({
        value: { kind: "server", server },
        name: `${server.provider.name}: running at ${server.host}, ${server.models.length} models`,
      }),
    ),
    ...foreignKeys(
      home,
      providers.map(({ id }) => id),
    ).map(
      (key): Choice<Way> => ({
        value: { kind: "foreign", key },
        name: `${providerEntry(key.provider, {}).name}: key of ${key.agent}`,
        description: `in ${key.path}; copied only if you say yes`,
      }),
    ),
  ];
  const isCurrent = ({ value }: Choice<Way>): boolean =>
    (value.kind === "key" && value.provider === current) ||
    (value.kind === "server" && value.server.provider.id === current);
  return [
    ...found.filter(isCurrent),
    ...found.filter((way) => !isCurrent(way)),
    { value: { kind: "paste" }, name: "Paste a provider's key" },
    { value: { kind: "host" }, name: "Another host that speaks the OpenAI API" },
    { value: { kind: "demo" }, name: "Try the demo, no key (d)", hotkey: "d" },
  ];
}

/** Null: ask again. */
async function take(way: Way, asking: Asking): Promise<Answer | null> {
  switch (way.kind) {
    case "demo":
      return "demo";
    case "server":
      asking.listed = way.server.models;
      return { provider: way.server.provider.id };
    case "key":
      return checked(asking, { provider: way.provider }, null);
    case "foreign":
      return foreign(asking, way.key);
    case "paste":
      return paste(asking);
    case "host":
      return host(asking);
  }
}

async function foreign(asking: Asking, found: ForeignKey): Promise<Answer | null> {
  const { asker } = asking;
  const yes = await asker.confirm({
    message: `Copy the key of ${found.provider} from ${found.path} into Tau's credentials.json?`,
    default: false,
  });
  const key = yes ? valueOfForeignKey(found) : null;
  return key === null ? null : checked(asking, { provider: found.provider }, key);
}

async function paste(asking: Asking): Promise<Answer | null> {
  const provider = await asking.asker.choose({
    message: "Whose key?",
    choices: providers
      .filter(({ keyRequired, baseUrl }) => keyRequired && baseUrl !== "")
      .map(({ id, name, keys }) => ({ value: id, name, description: `also read from ${keys[0]?.variable}` })),
  });
  return checked(asking, { provider }, await askKey(asking, provider));
}

async function askKey({ asker }: Asking, name: string): Promise<string> {
  const text = await asker.secret({
    message: `Key of ${name}, pasted here:`,
    validate: (typed) => keyProblemOf(typed.trim()) ?? true,
  });
  return text.trim();
}

async function host(asking: Asking): Promise<Answer | null> {
  const { asker } = asking;
  const baseUrl = (
    await asker.text({
      message: "Its address, such as https://llm.example.com/v1:",
      validate: (text) =>
        /^https?:\/\//.test(text.trim()) && URL.canParse(text.trim())
          ? true
          : "An address begins with http:// or https://",
    })
  )
    .trim()
    .replace(/\/+$/, "");
  const provider = await asker.text({
    message: "A short name for it:",
    default: nameFor(new URL(baseUrl).hostname),
    validate: (text) =>
      !providerName.test(text)
        ? "Small letters, digits and -, the first one a letter"
        : providers.some(({ id }) => id === text)
          ? `${text} is one that Tau knows already`
          : true,
  });
  const key = (
    await asker.secret({
      message: "Its key (Enter for none):",
      validate: (text) => (text.trim() === "" ? true : (keyProblemOf(text.trim()) ?? true)),
    })
  ).trim();
  return checked(asking, { provider, baseUrl, dialect: "chat-completions" }, key === "" ? null : key);
}

/** Asks the provider about the key; what it refuses is not kept. `typed` null: the key is where it was found. */
async function checked(asking: Asking, setup: Setup, typed: string | null): Promise<Answer | null> {
  const { asker, paths, settings } = asking;
  const id = setup.provider ?? "";
  const own: ProviderSettings | undefined =
    setup.baseUrl === undefined
      ? ownValue(settings.providers ?? {}, id)
      : { baseUrl: setup.baseUrl, dialect: "chat-completions" };
  const provider = providerEntry(id, own === undefined ? {} : { [id]: own });
  let key = typed;
  for (;;) {
    const stored = await readCredentials(paths);
    const credentials: Credentials = key === null ? stored : { [id]: key };
    asker.tell(`Asking ${provider.name} for its models (free) ...`);
    const result = await asker.during((signal) =>
      checkKey(
        provider,
        key === null && !isStored(id, stored) ? {} : credentials,
        AbortSignal.any([signal, AbortSignal.timeout(checkMs)]),
      ),
    );
    if (result.ok) {
      asker.tell(`It works: ${result.models.length} models.`);
      asking.listed = result.models;
      await keep(asking, id, key);
      return setup;
    }
    asker.tell(`${result.message}\n  ${result.hint}`);
    const next = await afterFailure(asking, result, key !== null);
    if (next === "keep") {
      await keep(asking, id, key);
      return setup;
    }
    if (next === "else") return null;
    if (next === "key") key = await askKey(asking, provider.name);
  }
}

const isStored = (id: string, stored: Credentials): boolean => ownValue(stored, id) !== undefined;

function afterFailure(
  { asker }: Asking,
  { reason, valid }: Extract<KeyCheck, { ok: false }>,
  isTyped: boolean,
) {
  const isRejected = reason === "auth";
  const all = [
    { value: "key" as const, name: "Type another key" },
    { value: "again" as const, name: "Try again" },
    { value: "keep" as const, name: isTyped ? "Keep the key and go on unchecked" : "Go on unchecked" },
    { value: "else" as const, name: "Choose something else" },
  ];
  const first = valid ? "keep" : isRejected ? "key" : "again";
  const choices = isRejected ? all.filter(({ value }) => value !== "again") : all;
  return asker.choose({ message: "What now?", choices, default: first });
}

async function keep({ asker, paths }: Asking, id: string, key: string | null): Promise<void> {
  if (key === null) return;
  asker.tell(`The key is kept in ${await saveKey(paths, id, key, Date.now)}, readable by you alone.`);
}

const providerName = /^[a-z][a-z0-9-]*$/;

/** What the host is called below its top level; an address in numbers, or this machine, is not called anything. */
const nameFor = (hostname: string): string =>
  [hostname.split(".").at(-2) ?? ""].find((name) => providerName.test(name)) ?? "local";
