import { describe, expect, it } from "vitest";
import { effectiveSettings } from "../../src/config/effective.ts";
import { type Layer, mergeSettings } from "../../src/config/load.ts";
import type { Settings } from "../../src/config/settings.ts";

const placeOf = (name: string) => (steps: readonly (string | number)[]) => `${name}:${steps.join(".")}`;
const layer = (name: "user" | "project", settings: Settings, written?: Settings): Layer => ({
  origin: { layer: name, path: name },
  settings,
  placeOf: placeOf(name),
  ...(written && { written }),
});
const list = (...layers: Layer[]) =>
  effectiveSettings({ layers, settings: layers.map(({ settings }) => settings).reduce(mergeSettings, {}) });

describe("effective settings", () => {
  it("come with the layer that won: the strongest, for a cap the tightest, for a list each for its items", () => {
    const found = list(
      layer("user", {
        model: "a/1",
        effort: "low",
        budgets: { day: { usd: 1 } },
        permissions: { deny: ["Edit"] },
      }),
      layer("project", { budgets: { day: { usd: 5 } }, permissions: { deny: ["Bash(x)", "WebFetch"] } }),
      { origin: { layer: "environment" }, settings: { model: "b/2" } },
    );
    expect(found.map(({ key, value, place }) => [key, value, place])).toEqual([
      ["model", "b/2", "TAU_MODEL"],
      ["effort", "low", "user:effort"],
      ["budgets.day.usd", 1, "user:budgets.day.usd"],
      ["permissions.deny", "Edit", "user:permissions.deny.0"],
      ["permissions.deny", "Bash(x)", "project:permissions.deny.0"],
      ["permissions.deny", "WebFetch", "project:permissions.deny.1"],
    ]);
  });

  it("tell what a project's file may not set", () => {
    const written: Settings = { mode: "full", limits: { steps: 3 } };
    expect(list(layer("project", { limits: { steps: 3 } }, written))).toMatchObject([
      { key: "limits.steps", value: 3 },
      { key: "mode", value: "full", ignored: true, place: "project:mode" },
    ]);
  });

  it("never show what may be a key", () => {
    const shown = JSON.stringify(
      list(
        layer("user", {
          providers: {
            a: {
              baseUrl: "https://ann:s3cret@h.example/v1",
              headers: { "x-auth": "s3cret" },
              options: { api_key: "s3cret", sort: "price" },
            },
          },
        }),
      ),
    );
    expect(shown).not.toContain("s3cret");
    expect(shown).toContain("https://(hidden)@h.example/v1");
    expect(shown).toContain("price");
  });
});
