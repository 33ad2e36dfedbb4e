/** OpenAI's SDK as transport, for OpenAI and everybody who speaks its dialects. Imported at the first request. */
import { OpenAI } from "openai/client";
import { clientOptions, postWith } from "./facade.ts";
import type { SdkPost } from "./send.ts";

/** See {@link SdkPost}. Its organisation and project would come from the environment of whoever is asked. */
export const postWithOpenAI: SdkPost = (request, send) =>
  postWith(new OpenAI({ ...clientOptions(request, send), organization: null, project: null }), request);
