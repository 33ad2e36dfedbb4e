/** What stands in for a model as long as none is chosen: a composer can be opened, and says what is missing. */
import type { ModelName } from "../core/event.ts";
import type { Upstream } from "../core/upstream.ts";

/** The name that is none. */
export const noModel: ModelName = "none/none";

/** Shown when a session opens with it. */
export const noModelWarning =
  "No model is set up yet. Choose one with /model once a key is there, or leave and run tau onboard; tau --model demo/fix needs no key.";

/** Answers every request with what is missing. */
export const noUpstream: Upstream = {
  name: noModel,
  provider: "none",
  async *stream() {
    yield { type: "error", error: { code: "auth", message: noModelWarning } };
  },
};
