/** `tau schema`: the JSON Schemas of what Tau prints and reads. */
import * as z from "zod";
import { TauError } from "../core/errors.ts";
import { print } from "./print/streams.ts";

/** The JSON Schema of the event stream or of the settings, as text with a final newline. */
export async function schemaText(what: "events" | "config"): Promise<string> {
  const schema =
    what === "events"
      ? (await import("../core/event-schema.ts")).agentEventSchema
      : (await import("../config/settings.ts")).settingsSchema;
  return `${JSON.stringify(z.toJSONSchema(schema, { io: what === "config" ? "input" : "output", reused: "ref" }), null, 2)}\n`;
}

/** Prints a schema. */
export async function runSchema(what: string): Promise<void> {
  if (what !== "events" && what !== "config") {
    throw new TauError("usage", `there is no schema "${what}"`, "tau schema events, or tau schema config");
  }
  print(await schemaText(what));
}
