/**
 * fast-check arbitraries of the core vocabulary, for the laws of the codecs. What a dialect cannot say is switched
 * off here, in its `Sayable`, so that the written exceptions of a dialect are data and not repairs after the fact.
 */
import fc, { type Arbitrary } from "fast-check";
import type {
  ImagePart,
  Message,
  Part,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../src/core/message.ts";
import type { ModelRequest } from "../../src/core/model.ts";
import {
  arbAnswer,
  arbCache,
  arbFile,
  arbImage,
  arbJsonObject,
  arbPlainText,
  arbText,
  arbToolName,
  inDialectOrder,
  maybe,
} from "./arbitrary-parts.ts";
import type { Sayable } from "./sayable.ts";

export { arbJson, arbJsonObject, arbText, arbToolName } from "./arbitrary-parts.ts";
export { arbEventStream } from "./arbitrary-streams.ts";
export { arbUsage, plainSayable, type Sayable } from "./sayable.ts";

const arbUser = (say: Sayable): Arbitrary<Message> =>
  fc
    .array(fc.oneof(arbPlainText(say), ...arbImage(say), ...arbFile(say)), { minLength: 1, maxLength: 4 })
    .map((parts: Part[]): Message => {
      const one = say.manyTexts
        ? parts
        : parts.filter(
            (part, at) => part.type !== "text" || parts.findIndex((p) => p.type === "text") === at,
          );
      return { role: "user", parts: say.adjacentText ? one : inDialectOrder({ ...say, order: "free" }, one) };
    });

const arbResult = (say: Sayable, callId: string): Arbitrary<ToolResultPart> =>
  fc
    .tuple(
      say.toolResultTexts === "string"
        ? arbText.map((text): (TextPart | ImagePart)[] => [{ type: "text", text }])
        : fc.array(
            fc.oneof(
              arbText.map((text): TextPart | ImagePart => ({ type: "text", text })),
              ...(say.toolResultImages ? arbImage({ ...say, cache: false, imageNames: false }) : []),
            ),
            { minLength: 1, maxLength: 3 },
          ),
      say.toolResultErrors ? fc.constantFrom({}, { isError: true as const }) : fc.constant({}),
      arbCache(say),
    )
    .map(([content, isError, cache]) => ({ type: "tool_result", callId, content, ...isError, ...cache }));

/** A well-paired conversation: it begins with a user, and each tool call has exactly one result in the message after it. */
export const arbMessages = (say: Sayable): Arbitrary<Message[]> =>
  fc
    .array(fc.tuple(arbUser(say), fc.array(arbAnswer(say, "request"), { maxLength: 3 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((turns) => {
      // Ids must be unique in the whole conversation, not only in one answer.
      const seen = new Set<string>();
      return turns.map(([user, answers]) => ({
        user,
        answers: answers
          .map((parts) =>
            parts.filter((part) => part.type !== "tool_call" || (!seen.has(part.id) && seen.add(part.id))),
          )
          .map((parts) => inDialectOrder(say, parts))
          .filter((parts) => parts.some((part) => part.type !== "reasoning")),
      }));
    })
    .chain((turns) =>
      fc.tuple(
        ...turns.flatMap(({ user, answers }) => [
          fc.constant<Message[]>([user]),
          ...answers.map((parts): Arbitrary<Message[]> => {
            const calls = parts.filter((part): part is ToolCallPart => part.type === "tool_call");
            return fc
              .tuple(...calls.map((call) => arbResult(say, call.id)))
              .map((results) => [
                { role: "assistant", parts },
                ...(results.length > 0 ? [{ role: "tool" as const, parts: results }] : []),
              ]);
          }),
        ]),
      ),
    )
    .map((groups) => {
      const messages: Message[] = [];
      for (const group of groups) {
        const role = group[0]?.role;
        const before = messages.at(-1)?.role;
        // Two answers in a row are one answer in every dialect.
        if (role === "assistant" && before === "assistant") continue;
        if (role === "user" && before === "user" && !say.userRuns) continue;
        if (role === "user" && before === "tool" && !say.userAfterTool) break;
        messages.push(...group);
      }
      return messages;
    });

/** A whole request, as far as the dialect can say it. `options` is the dialect's `Sayable`. */
export const arbModelRequest = (say: Sayable): Arbitrary<ModelRequest> => {
  const tool = fc
    .tuple(
      arbToolName,
      arbText,
      arbJsonObject.map((properties) => ({ type: "object", properties })),
      say.strictTools === "never"
        ? fc.constant({})
        : say.strictTools === "always"
          ? fc.boolean().map((strict) => ({ strict }))
          : maybe("strict", fc.boolean()),
      arbCache(say),
    )
    .map(([name, description, inputSchema, strict, cache]) => ({
      name,
      description,
      inputSchema,
      ...strict,
      ...cache,
    }));
  const reasoning = fc
    .tuple(
      maybe("effort", say.efforts.length > 0 ? fc.constantFrom(...say.efforts) : undefined),
      maybe("budgetTokens", say.budgetTokens ? fc.integer({ min: 1024, max: 32_000 }) : undefined),
      maybe("visible", say.visible ? fc.boolean() : undefined),
    )
    .map(([effort, budget, visible]) => ({ ...effort, ...budget, ...visible }))
    .filter((value) => Object.keys(value).length > 0);
  const canReason = say.efforts.length > 0 || say.budgetTokens || say.visible;
  const output = fc
    .tuple(arbToolName, arbJsonObject, fc.option(fc.boolean(), { nil: undefined }))
    .map(([name, properties, strict]) => ({
      name: say.output === "without-strict" ? "output" : name,
      schema: { type: "object", properties },
      ...(say.output === "with-strict" && strict !== undefined ? { strict } : {}),
    }));
  const limit = fc.integer({ min: 1, max: 64_000 });
  return fc
    .tuple(
      fc.record({
        system: fc.array(arbPlainText(say), { maxLength: say.manySystem && say.manyTexts ? 3 : 1 }),
        messages: arbMessages(say),
        tools: fc.uniqueArray(tool, { maxLength: 4, selector: (value) => value.name }),
        stream: fc.boolean(),
      }),
      fc.tuple(
        fc.constantFrom("auto", "none", "required", "named", undefined),
        maybe("parallelToolCalls", say.parallelToolCalls ? fc.boolean() : undefined),
        say.maxOutputTokensRequired
          ? limit.map((maxOutputTokens) => ({ maxOutputTokens }))
          : maybe("maxOutputTokens", limit),
        maybe("temperature", fc.constantFrom(0, 0.5, 1)),
        maybe("topP", fc.constantFrom(0.1, 0.95, 1)),
        maybe("stop", say.stop ? fc.array(arbText, { minLength: 1, maxLength: 3 }) : undefined),
        maybe("reasoning", canReason ? reasoning : undefined),
        maybe("output", say.output === "never" ? undefined : output),
        maybe("cacheKey", say.cacheKey ? fc.uuid() : undefined),
        maybe("extra", say.extra),
      ),
    )
    .map(([base, [choice, ...rest]]) => {
      const name = base.tools[0]?.name;
      const toolChoice =
        choice === undefined || name === undefined
          ? {}
          : { toolChoice: choice === "named" ? { name } : choice };
      return Object.assign({ model: say.peer.model, ...base, ...toolChoice }, ...rest) as ModelRequest;
    });
};

/** Cuts bytes at the given fractions of their length: anywhere, also inside a UTF-8 character or a line. */
export function splitAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set([0, ...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

/** Any split of a byte string into chunks. */
export const splitBytes = (bytes: Uint8Array): Arbitrary<Uint8Array[]> =>
  fc.array(fc.nat(Math.max(0, bytes.length - 1)), { maxLength: 24 }).map((cuts) => splitAt(bytes, cuts));
