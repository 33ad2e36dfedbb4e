/** The codec of Anthropic's Messages API (docs.anthropic.com, "Messages"; also Vertex, Bedrock and compatible hosts). */
import type { Codec } from "../codec.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeRequest } from "./encode-request.ts";
import { decodeError, encodeError } from "./error.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { streamDecoder } from "./stream-decoder.ts";
import { streamEncoder } from "./stream-encoder.ts";

/** What it cannot say is listed in docs/codecs.md. */
export const messagesCodec: Codec = {
  dialect: "messages",
  encodeRequest,
  decodeRequest,
  streamDecoder,
  streamEncoder,
  decodeResponse,
  encodeResponse,
  decodeError,
  encodeError,
};
