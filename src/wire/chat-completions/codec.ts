/** The OpenAI Chat Completions dialect. https://platform.openai.com/docs/api-reference/chat */
import type { Codec } from "../codec.ts";
import type { ChatCompat } from "./compat.ts";
import { decodeRequest } from "./decode-request.ts";
import { decodeResponse, streamDecoder } from "./decoder.ts";
import { encodeRequest } from "./encode-request.ts";
import { encodeResponse, streamEncoder } from "./encoder.ts";
import { decodeError, encodeError } from "./errors.ts";

/** Both directions of both halves. What the dialect cannot say is listed in docs/codecs.md. */
export const chatCompletionsCodec: Codec<ChatCompat> = {
  dialect: "chat-completions",
  encodeRequest,
  decodeRequest,
  streamDecoder,
  streamEncoder,
  decodeResponse,
  encodeResponse,
  decodeError,
  encodeError,
};
