/**
 * What a project's own files may set. Whoever opens a folder has not chosen what stands in it, so such a file can only
 * tighten: forbid, ask, cap. Every setting is judged here; test/config/project-settings.test.ts fails for a new one
 * that is not.
 */
import type { Mode } from "../core/permission.ts";
import { defaultSteps } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** A setting of a project's file that does not count, and why. */
export type IgnoredSetting = { key: string; why: string };

/** Why a value does not count beside what is in force without it; null when it does. */
type Judge = (written: Settings, inForce: Settings) => string | null;

const taken: Judge = () => null;
const never =
  (why: string): Judge =>
  () =>
    why;

const wayBack = never("it decides what you can go back to");
const spending = never("it decides what is spent");
const cap = { usd: taken, tokens: taken };

/** The modes, tightest first. */
const tightness: readonly Mode[] = ["plan", "ask", "edit", "full"];

/** The tighter of two modes. */
export const tighterMode = (one: Mode, other: Mode): Mode =>
  tightness.indexOf(one) <= tightness.indexOf(other) ? one : other;

/** By dotted name. Caps and limits that are taken still yield to a lower one: layers keep the tighter figure. */
export const projectRules: { readonly [key: string]: Judge } = {
  $schema: taken,
  model: spending,
  effort: spending,
  mode: ({ mode = "ask" }, { mode: current = "ask" }) =>
    tightness.indexOf(mode) <= tightness.indexOf(current) ? null : `it is looser than ${current}`,
  "permissions.allow": never("it would allow what you did not"),
  "permissions.preset": ({ permissions }) =>
    permissions?.preset === "strict" ? null : "only strict tightens",
  "permissions.ask": taken,
  "permissions.deny": taken,
  ...Object.fromEntries(
    ["run", "session", "day", "project"].flatMap((scope) =>
      Object.entries(cap).map(([unit, judge]) => [`budgets.${scope}.${unit}`, judge]),
    ),
  ),
  "limits.steps": ({ limits: written }, { limits }) => {
    const current = limits?.steps ?? defaultSteps;
    return (written?.steps ?? 0) <= current ? null : `it is above ${current}`;
  },
  "limits.turnSeconds": taken,
  fallback: spending,
  "retry.attempts": spending,
  "retry.baseDelaySeconds": spending,
  "retry.maxSeconds": spending,
  onLimit: spending,
  evidence: ({ evidence }) => (evidence === "require" ? null : "it would ask for less evidence"),
  cacheTtl: spending,
  // A lower share compacts more often, a higher one sends longer prompts: either costs.
  compactAt: spending,
  // More of it costs, and less of it would push your own instructions out.
  contextFileBytes: never("it decides which instructions the model reads"),
  environment: never("it would hand your environment variables to commands"),
  disabledTools: taken,
  mcpServers: never("a project's servers stand in its .mcp.json, and you are asked about each"),
  "mcp.waitSeconds": never("it is your wait"),
  "mcp.toolTokens": spending,
  "checkpoints.enabled": wayBack,
  "checkpoints.maxFileBytes": wayBack,
  "checkpoints.maxProjectBytes": wayBack,
  "checkpoints.keepDays": wayBack,
  "webFetch.httpHosts": never("it would let pages be fetched unencrypted"),
  footer: never("it is for your eyes"),
  notify: never("it is for your eyes"),
  statusLine: never("it runs a command"),
  editor: never("it is under your fingers"),
  keys: never("they are under your fingers"),
  theme: never("it is for your eyes"),
  motion: never("it is for your eyes"),
  screen: never("it is for your eyes"),
  providers: never("it decides whom keys and code are sent to"),
  models: never("budgets rely on prices and limits"),
  profile: never("it decides which of your settings are in force"),
  profiles: never("a profile is yours"),
};

/** Divides what is written in a project's file into what counts beside the settings in force, and what does not. */
export function tightened(
  written: Settings,
  inForce: Settings,
): { settings: Settings; ignored: IgnoredSetting[] } {
  const settings = structuredClone(written);
  const ignored: IgnoredSetting[] = [];
  for (const [key, judge] of Object.entries(projectRules)) {
    const steps = key.split(".");
    const why = has(written, steps) ? judge(written, inForce) : null;
    if (why === null) continue;
    remove(settings, steps);
    ignored.push({ key, why });
  }
  return { settings, ignored };
}

function has(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return value !== undefined;
  return typeof value === "object" && value !== null && has(Reflect.get(value, step), rest);
}

/** Objects that are left empty go too: they would stand over what a weaker layer says. */
function remove(from: object, [step = "", ...rest]: readonly string[]): void {
  const inner: unknown = Reflect.get(from, step);
  if (rest.length > 0 && typeof inner === "object" && inner !== null) {
    remove(inner, rest);
    if (Object.keys(inner).length > 0) return;
  }
  Reflect.deleteProperty(from, step);
}
