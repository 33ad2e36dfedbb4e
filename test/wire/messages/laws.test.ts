import { messagesCodec } from "../../../src/wire/messages/codec.ts";
import { describeLaws } from "../../support/codec-laws.ts";
import { interleaved, normalEvents, normalRequest, peer, requests, streams } from "./sayable.ts";

describeLaws({ codec: messagesCodec, peer, requests, streams, interleaved, normalRequest, normalEvents });
