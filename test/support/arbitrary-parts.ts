/** Arbitrary parts of messages, as far as a dialect can say them. */
import fc, { type Arbitrary } from "fast-check";
import type {
  CacheTtl,
  FilePart,
  ImagePart,
  Json,
  Opaque,
  OpaquePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
} from "../../src/core/message.ts";
import type { Sayable } from "./sayable.ts";

/** Non-empty text of any code points (no lone surrogates: UTF-8 cannot say them), with the shapes that break line parsers. */
export const arbText: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.lorem({ maxCount: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("\n", "\r\n", "data: [DONE]\n\n", "\u2028", "é😀\u0000", '"}\\', "</think>"),
  },
);

/** A JSON value exactly as `JSON.parse` gives it (so never -0). */
export const arbJson: Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2, stringUnit: "binary" })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** A JSON object. `__proto__` is left out: it is about JavaScript, not about any dialect. */
export const arbJsonObject: Arbitrary<{ [key: string]: Json }> = fc
  .dictionary(fc.string({ unit: "binary", maxLength: 8 }), arbJson, { maxKeys: 4, noNullPrototype: true })
  .map((value) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== "__proto__")));

/** Tool names every provider accepts. */
export const arbToolName: Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/);

const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
const arbBase64 = fc
  .uint8Array({ minLength: 1, maxLength: 24 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const arbUrl = fc.webPath({ size: "small" }).map((path) => `https://example.com${path}`);

const stamp = (say: Sayable, data: Json): Opaque => ({ ...say.peer, data });

/** An object with the key or without it. */
export function maybe<K extends string, V>(
  key: K,
  arbitrary: Arbitrary<V> | undefined,
): Arbitrary<{ [P in K]?: V }> {
  if (arbitrary === undefined) return fc.constant({});
  return fc.option(arbitrary, { nil: undefined }).map((value) => {
    const out: { [P in K]?: V } = {};
    if (value !== undefined) out[key] = value;
    return out;
  });
}

export const arbCache = (say: Sayable) =>
  maybe("cache", say.cache ? fc.constantFrom<CacheTtl>("5m", "1h") : undefined);

const arbOpaque = (say: Sayable, data: Arbitrary<Json> | undefined) =>
  maybe(
    "opaque",
    data?.map((value) => stamp(say, value)),
  );

/** Plain text by a person or in a tool's result: no opaque data, no refusal. */
export const arbPlainText = (say: Sayable): Arbitrary<TextPart> =>
  fc.tuple(arbText, arbCache(say)).map(([text, cache]) => ({ type: "text", text, ...cache }));

/** Text of a model. */
const arbAnswerText = (say: Sayable, cache: boolean): Arbitrary<TextPart> =>
  fc
    .tuple(
      arbText,
      say.refusal ? fc.constantFrom({}, {}, {}, { refusal: true as const }) : fc.constant({}),
      arbOpaque(say, say.opaque.text),
      cache ? arbCache(say) : fc.constant({}),
    )
    .map(([text, refusal, opaque, breakpoint]) => ({
      type: "text",
      text,
      ...refusal,
      ...opaque,
      ...breakpoint,
    }));

const arbReasoning = (say: Sayable): Arbitrary<ReasoningPart> => {
  const signed = (say.opaque.reasoning ?? arbJson).map((data) => ({ opaque: stamp(say, data) }));
  const opaque: Arbitrary<{ opaque?: Opaque }> =
    say.reasoning === "bare"
      ? fc.constant({})
      : say.reasoning === "signed"
        ? signed
        : fc.oneof(fc.constant({}), signed);
  const open = fc
    .tuple(arbText, opaque)
    .map(([text, rest]): ReasoningPart => ({ type: "reasoning", text, ...rest }));
  const closed = signed.map(
    (rest): ReasoningPart => ({ type: "reasoning", text: "", redacted: true, ...rest }),
  );
  return say.redacted ? fc.oneof({ weight: 3, arbitrary: open }, { weight: 1, arbitrary: closed }) : open;
};

const arbToolCall = (say: Sayable, cache: boolean): Arbitrary<ToolCallPart> =>
  fc
    .tuple(
      say.callId,
      arbToolName,
      say.malformed
        ? fc.oneof(
            { weight: 5, arbitrary: arbJsonObject.map((input) => ({ input })) },
            {
              weight: 1,
              arbitrary: fc
                .constantFrom('{"path": "a', "{", "[1,", "nul")
                .map((malformed) => ({ input: {}, malformed })),
            },
          )
        : arbJsonObject.map((input) => ({ input })),
      arbOpaque(say, say.opaque.toolCall),
      cache ? arbCache(say) : fc.constant({}),
    )
    .map(([id, name, input, opaque, breakpoint]) => ({
      type: "tool_call",
      id,
      name,
      ...input,
      ...opaque,
      ...breakpoint,
    }));

const arbBlock = (say: Sayable): Arbitrary<OpaquePart>[] =>
  say.opaque.block === undefined
    ? []
    : [say.opaque.block.map(({ kind, data }) => ({ type: "opaque", kind, opaque: stamp(say, data) }))];

const arbMedia = (how: "base64" | "url" | "both") =>
  how === "base64"
    ? arbBase64
    : how === "url"
      ? arbUrl.map((url) => ({ url }))
      : fc.oneof(
          arbBase64,
          arbUrl.map((url) => ({ url })),
        );

/** A picture, as far as the dialect can say it. */
export const arbImage = (say: Sayable): Arbitrary<ImagePart>[] =>
  say.images === "never"
    ? []
    : [
        fc
          .tuple(
            fc.constantFrom(...imageTypes),
            arbMedia(say.images),
            say.imageNames ? maybe("name", arbToolName) : fc.constant({}),
            arbCache(say),
          )
          .map(([mediaType, data, name, cache]) => ({
            type: "image",
            mediaType: typeof data === "string" || say.urlImageType === "any" ? mediaType : say.urlImageType,
            data,
            ...name,
            ...cache,
          })),
      ];

export const arbFile = (say: Sayable): Arbitrary<FilePart>[] => {
  if (say.files === "never") return [];
  const name: Arbitrary<{ name?: string }> =
    say.fileNames === "never"
      ? fc.constant({})
      : say.fileNames === "always"
        ? arbToolName.map((value) => ({ name: `${value}.pdf` }))
        : maybe("name", arbToolName);
  return [
    fc
      .tuple(fc.constantFrom(...say.fileTypes), arbMedia(say.files), name, arbCache(say))
      .map(([mediaType, data, named, cache]) => ({
        type: "file",
        mediaType: typeof data === "string" || say.urlFileType === "any" ? mediaType : say.urlFileType,
        data,
        ...named,
        ...cache,
      })),
  ];
};

/** Drops what the dialect would merge or reorder. */
export function inDialectOrder(say: Sayable, parts: Part[]): Part[] {
  if (say.order === "fixed") {
    const first = (type: Part["type"]) => parts.filter((part) => part.type === type).slice(0, 1);
    return [...first("reasoning"), ...first("text"), ...parts.filter((part) => part.type === "tool_call")];
  }
  if (say.adjacentText) return parts;
  return parts.filter((part, at) => {
    const before = parts[at - 1];
    return !((part.type === "text" || part.type === "reasoning") && before?.type === part.type);
  });
}

/** The parts of one answer: at least one. Tool-call ids are unique within it. */
export const arbAnswer = (say: Sayable, within: "request" | "stream"): Arbitrary<Part[]> => {
  const cache = within === "request";
  const kinds: Arbitrary<Part>[] = [
    arbAnswerText(say, cache),
    arbToolCall(say, cache),
    ...(say.reasoning === "never" ? [] : [arbReasoning(say)]),
    ...arbBlock(say),
    ...(within === "stream" && say.stream.media
      ? arbImage({ ...say, cache: false, images: "base64", imageNames: false })
      : []),
  ];
  return fc
    .uniqueArray(fc.oneof(...kinds), {
      minLength: 1,
      maxLength: 6,
      selector: (part) => (part.type === "tool_call" ? part.id : part),
      comparator: (a, b) => typeof a === "string" && a === b,
    })
    .map((parts) => inDialectOrder(say, parts))
    .filter((parts) => parts.some((part) => part.type !== "reasoning"));
};
