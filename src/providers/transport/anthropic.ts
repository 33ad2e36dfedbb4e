/** Anthropic's SDK as transport. Imported at the first request. */
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { clientOptions, postWith } from "./facade.ts";
import type { SdkPost } from "./send.ts";

/**
 * The base client alone: it has the transport, and without the resources three quarters of the SDK stay out of the
 * bundle.
 */
export const postWithAnthropic: SdkPost = (request, send) =>
  postWith(new BaseAnthropic(clientOptions(request, send)), request);
