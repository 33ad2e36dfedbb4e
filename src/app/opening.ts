/** With which model and in which mode a session opens. */
import { openingMode } from "../agent/opening-mode.ts";
import { TauError } from "../core/errors.ts";
import type { ModelName } from "../core/event.ts";
import type { Calibration, SessionSummary } from "../core/store.ts";
import { defaultModel } from "../providers/default-model.ts";
import { noModel } from "../providers/no-model.ts";
import type { Parts } from "./parts.ts";

/**
 * The flag's model, the session's own, the settings', or the first one a key was found for.
 * @throws TauError `auth` when there is none
 */
export function modelOf(parts: Parts, resumed: SessionSummary | null): ModelName {
  const { options, credentials } = parts;
  const { settings } = parts.settings;
  const model =
    options.flags.model ??
    (resumed?.model === noModel ? undefined : resumed?.model) ??
    settings.model ??
    defaultModel(options.env, credentials, settings.providers ?? {});
  if (model) return model;
  throw new TauError(
    "auth",
    "no model is configured and no provider key was found",
    "set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, run tau onboard, or try --model demo/fix",
  );
}

/** The mode, and a warning when it is not the one the session was left in. */
export function modeOf({ options, settings }: Parts, resumed: SessionSummary | null) {
  const written = settings.layers.filter(({ origin }) => origin.layer !== "flags");
  return openingMode({
    flag: options.flags.mode,
    session: resumed?.mode ?? null,
    settings: written.findLast((layer) => layer.settings.mode)?.settings.mode,
  });
}

/**
 * What earlier sessions learned of a model's tokens. None for a recorded run and its replays: they must not differ by
 * what the ledger has learned in between.
 */
export async function learnedOf({ options, ledger }: Parts, model: ModelName): Promise<Calibration | null> {
  if (options.record !== undefined || options.replay !== undefined) return null;
  return await ledger.store.calibration(model);
}
