/** Undoing a content coding. Tau asks for none, because it delays streams; some gateways compress all the same. */
import { pipeline, type Readable } from "node:stream";

/**
 * The plain bytes of a coded body (RFC 9110 8.4.1). zlib is loaded here, where it is first needed.
 * An unknown coding gives the bytes as they are.
 */
export async function decompressed(source: Readable, encoding: string): Promise<Readable> {
  const zlib = await import("node:zlib");
  // Without an early flush a stream's events would wait for a whole compressed block.
  const flush = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (encoding.toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return pipeline(source, zlib.createGunzip(flush), () => undefined);
    case "deflate":
      return pipeline(source, zlib.createInflate(flush), () => undefined);
    case "br":
      return pipeline(
        source,
        zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
        () => undefined,
      );
    default:
      return source;
  }
}
