/** Standard output as Ink is given it. */
import type { WriteStream } from "node:tty";

/**
 * The stream without its height and its resize event. Ink 6 answers a frame of the terminal's height with a full clear of
 * screen and scrollback; a frame is kept lower than that, but the terminal may be made lower than the last frame, and
 * without a height Ink can never come to that conclusion. Ink would also redraw the old frame in the new width first;
 * the screen follows the size itself.
 */
export function inkStdout(stdout: WriteStream): WriteStream {
  const proxy: WriteStream = new Proxy(stdout, {
    get(target, name) {
      if (name === "rows") return undefined;
      if (name === "on" || name === "off")
        return (event: string, listener: (...args: unknown[]) => void) => {
          if (event !== "resize") target[name](event, listener);
          return proxy;
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return proxy;
}
