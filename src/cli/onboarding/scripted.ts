/** `tau onboard --non-interactive`: the answers come from a script; all are checked before anything is written. */
import { openCatalogue } from "../../agent/catalogue.ts";
import { readCredentials } from "../../config/credentials.ts";
import { loadSettings } from "../../config/load.ts";
import { projectRoot } from "../../config/project.ts";
import { saveKey } from "../../config/save-credentials.ts";
import type { Settings } from "../../config/settings.ts";
import { exitCodes, TauError } from "../../core/errors.ts";
import { findModel } from "../../models/catalogue.ts";
import { findKey } from "../../providers/connection.ts";
import { preferredModel } from "../../providers/default-model.ts";
import type { ProviderEntry } from "../../providers/provider.ts";
import { providerEntry, providers, resolveModel } from "../../providers/registry.ts";
import { allThemes, automatic } from "../../tui/theme/choice.ts";
import { checkKey } from "../auth/check-key.ts";
import { readKey } from "../auth/read-key.ts";
import { workingFolder } from "../folder.ts";
import { ownPaths } from "../ledger.ts";
import { print, say } from "../print/streams.ts";
import { readThemes } from "../themes.ts";
import type { Answers } from "./answers.ts";
import { providersWith } from "./ask-model.ts";
import { type Setup, writeSetup } from "./setup.ts";

/** How it is run beside the answers. */
export type ScriptedOptions = { keyStdin: boolean; json: boolean };

/** Returns the exit code. */
export async function onboardScripted(
  answers: Answers,
  { keyStdin, json }: ScriptedOptions,
): Promise<number> {
  const paths = ownPaths();
  const profile = answers.profile ?? null;
  const base = await loadSettings(paths, projectRoot(workingFolder()), process.env, { profile: "default" });
  const settings = { ...base.settings, ...(profile === null ? {} : base.settings.profiles?.[profile]) };
  const setup = await setupOf(answers, settings.providers ?? {});
  if (Object.keys(setup).length === 0)
    throw new TauError("usage", "there is nothing to set", "tau onboard --help lists the answers there are");
  const custom = providersWith(settings, setup);
  const id = setup.provider ?? setup.model?.split("/")[0];
  const provider = id === undefined ? null : providerEntry(id, custom);
  await refuseTheme(setup.theme, paths.config);
  if (setup.model === undefined && provider !== null) {
    const model = preferredModel(provider.id);
    if (model !== null) setup.model = `${provider.id}/${model}`;
  }
  await withBudget(setup, settings.models ?? {});
  if (keyStdin && provider === null)
    throw new TauError("usage", "whose key is it?", "give --provider with --key-stdin");
  const key = keyStdin ? await readKey(process.stdin) : null;
  const stored = await readCredentials(paths);
  if (provider !== null && key === null) refuseKeyless(provider, stored);
  const checked = answers.check && provider !== null ? await check(provider, key, stored, setup) : null;
  const credentials =
    key !== null && provider !== null ? await saveKey(paths, provider.id, key, Date.now) : null;
  const { path, keys } = await writeSetup(paths, profile, setup, Date.now);
  if (json)
    print(
      JSON.stringify({
        ok: true,
        settings: path,
        keys,
        profile,
        credentials,
        provider: provider?.id ?? null,
        model: setup.model ?? null,
        checked,
      }),
    );
  else {
    if (checked) print(`${provider?.name} knows the key: it may use ${checked.models} models`);
    if (credentials !== null) print(`The key of ${provider?.id} is in ${credentials}`);
    print(`Written to ${path}: ${keys.join(", ")}`);
    if (setup.model !== undefined) print(`model ${setup.model}`);
    if (profile !== null)
      print(`It holds with --profile ${profile}; always: tau config set profile ${profile}`);
  }
  return exitCodes.done;
}

async function setupOf(answers: Answers, custom: NonNullable<Settings["providers"]>): Promise<Setup> {
  const { provider, baseUrl, keyEnv, model, mode, dailyBudget, theme } = answers;
  const known = providers.find((entry) => entry.id === provider);
  if ((baseUrl !== undefined || keyEnv !== undefined) && provider === undefined)
    throw new TauError("usage", "an address or a key's variable is a provider's", "give --provider with it");
  if (model !== undefined && provider !== undefined && !model.startsWith(`${provider}/`))
    throw new TauError("usage", `${model} is no model of ${provider}`, `write ${provider}/MODEL`);
  const isOwnVariable = known?.keys.some(({ variable }) => variable === keyEnv) ?? false;
  const setup: Setup = {
    ...(provider !== undefined && { provider }),
    ...(baseUrl !== undefined && { baseUrl: baseUrl.replace(/\/+$/, "") }),
    ...(baseUrl !== undefined &&
      known === undefined &&
      custom[provider ?? ""] === undefined && { dialect: "chat-completions" as const }),
    ...(keyEnv !== undefined && !isOwnVariable && { keyEnv }),
    ...(model !== undefined && { model }),
    ...(mode !== undefined && { mode }),
    ...(dailyBudget !== undefined && { dailyBudget }),
    ...(theme !== undefined && { theme }),
  };
  if (model !== undefined && !model.startsWith("demo/")) {
    if (!model.includes("/"))
      throw await (await import("../../agent/model-names.ts")).refuseBareName(model, ownPaths());
    resolveModel(model, providersWith({ providers: custom }, setup));
  }
  return setup;
}

async function refuseTheme(theme: string | undefined, config: string): Promise<void> {
  const known = [automatic, ...allThemes(await readThemes(config)).map(({ name }) => name)];
  if (theme !== undefined && !known.includes(theme.toLowerCase()))
    throw new TauError("usage", `there is no theme "${theme}"`, `themes are ${known.join(", ")}`);
}

/** A model without a price cannot run under a money cap: better said now than at its first task. */
async function withBudget(setup: Setup, overrides: Parameters<typeof findModel>[2]): Promise<void> {
  const { model, dailyBudget } = setup;
  if (model === undefined || typeof dailyBudget !== "number" || model.startsWith("demo/")) return;
  const slash = model.indexOf("/");
  const [id, name] = [model.slice(0, slash), model.slice(slash + 1)];
  const info = findModel(await openCatalogue(id, ownPaths()), name, overrides);
  if (info.price !== null) return;
  if (providers.find((entry) => entry.id === id)?.local) {
    setup.provider ??= id;
    setup.free = true;
    return;
  }
  throw new TauError(
    "usage",
    `${model} has no known price, so it could not run under a daily budget`,
    `give its price first: tau config set models.${model}.price '{"input": 1, "output": 2}', or leave the budget out`,
  );
}

function refuseKeyless(provider: ProviderEntry, stored: Awaited<ReturnType<typeof readCredentials>>): void {
  if (!provider.keyRequired || findKey(provider, process.env, stored) !== null) return;
  const names = provider.keys.map(({ variable }) => variable).join(" or ");
  throw new TauError(
    "auth",
    `there is no key of ${provider.id}: ${names} is not set`,
    "set it, name another variable with --key-env, or pipe the key in with --key-stdin",
  );
}

async function check(
  provider: ProviderEntry,
  key: string | null,
  stored: Awaited<ReturnType<typeof readCredentials>>,
  setup: Setup,
): Promise<{ models: number }> {
  const inEnvironment = key === null && findKey(provider, process.env, {}) !== null;
  const result = await checkKey(
    provider,
    key !== null ? { [provider.id]: key } : inEnvironment ? {} : stored,
  );
  if (!result.ok) throw new TauError(result.reason, result.message, `${result.hint}; nothing was written`);
  const name = setup.model?.slice(provider.id.length + 1);
  if (name !== undefined && result.models.length > 0 && !result.models.some(({ id }) => id === name))
    say(`tau: ${provider.name} does not list ${name} among its ${result.models.length} models\n`);
  return { models: result.models.length };
}
