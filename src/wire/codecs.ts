/** The codecs by dialect. A run needs one or two of them, so each is imported when it is first asked for. */
import type { Dialect } from "../core/model.ts";
import type { ChatCompat } from "./chat-completions/compat.ts";
import type { Codec } from "./codec.ts";

export type { ChatCompat };

/** A codec of any dialect with its options already given: the last argument of its methods is left out. */
export type AnyCodec = Codec<void>;

/** Gives a codec its options once, so that its callers need not know of them. */
export function bindOptions<Options>(codec: Codec<Options>, options: Options): AnyCodec {
  return {
    ...codec,
    encodeRequest: (request, peer) => codec.encodeRequest(request, peer, options),
    streamDecoder: (peer) => codec.streamDecoder(peer, options),
    decodeResponse: (body, peer) => codec.decodeResponse(body, peer, options),
  };
}

/**
 * The codec of a dialect. `compat` is used by `chat-completions` only; without it the server is taken to follow
 * OpenAI's own API.
 */
export async function loadCodec(dialect: Dialect, compat?: ChatCompat): Promise<AnyCodec> {
  switch (dialect) {
    case "messages":
      return bindOptions((await import("./messages/codec.ts")).messagesCodec, undefined);
    case "responses":
      return bindOptions((await import("./responses/codec.ts")).responsesCodec, undefined);
    case "generate-content":
      return bindOptions((await import("./generate-content/codec.ts")).generateContentCodec, undefined);
    case "chat-completions": {
      const { chatCompletionsCodec } = await import("./chat-completions/codec.ts");
      const { compatFor } = await import("./chat-completions/compat.ts");
      return bindOptions(chatCompletionsCodec, compat ?? compatFor("openai"));
    }
  }
}
