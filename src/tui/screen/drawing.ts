/** Drawing that ends with its first error, and takes nobody along who only changed what is drawn. */

/** See {@link drawingUntilBroken}. */
export type Drawing = {
  /** Resolves to the first error; never without one. */
  broken: Promise<unknown>;
  /** Nothing is drawn from here on. */
  broke(error: unknown): void;
  /** Draws, unless something broke before. */
  drawing(draw: () => void): void;
};

/** Whoever changes the state is not to fail because it cannot be drawn. */
export function drawingUntilBroken(): Drawing {
  let whole = true;
  let tell: (error: unknown) => void = () => undefined;
  const broken = new Promise<unknown>((resolve) => {
    tell = resolve;
  });
  const broke = (error: unknown): void => {
    whole = false;
    tell(error);
  };
  return {
    broken,
    broke,
    drawing(draw) {
      if (!whole) return;
      try {
        draw();
      } catch (error) {
        broke(error);
      }
    },
  };
}
