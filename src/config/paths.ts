/** Where Tau keeps things: `TAU_HOME` for everything, else the XDG base directories. */
import { isAbsolute, join } from "node:path";
import { TauError } from "../core/errors.ts";
import { type ManagedPlace, managedPlace } from "./managed.ts";

/** Environment variables as a plain record; never read from the process below the front ends. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Absolute folders. `config` holds what people write, `data` the ledger, `state` logs and scratch. */
export type TauPaths = {
  config: string;
  data: string;
  state: string;
  /** Where this machine's policy may stand; without it none is looked for. */
  managed?: ManagedPlace;
};

/**
 * Resolves Tau's folders. A relative XDG value is ignored, as the specification asks.
 * @throws TauError `config` for a relative `TAU_HOME`: it would mean another folder wherever Tau is started.
 * Source: XDG Base Directory Specification 0.8.
 */
export function tauPaths(env: Environment, home: string): TauPaths {
  const own = env.TAU_HOME;
  if (own && !isAbsolute(own))
    throw new TauError(
      "config",
      `TAU_HOME is ${own}, which is no absolute path`,
      'write it out from / on, such as: export TAU_HOME="$HOME/.tau"',
    );
  if (own) return { config: own, data: join(own, "data"), state: join(own, "state"), managed: managedPlace };
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value?.startsWith("/") ? value : join(home, fallback), "tau");
  };
  return {
    config: xdg("XDG_CONFIG_HOME", ".config"),
    data: xdg("XDG_DATA_HOME", ".local/share"),
    state: xdg("XDG_STATE_HOME", ".local/state"),
    managed: managedPlace,
  };
}
