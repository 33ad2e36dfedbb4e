// Loaded before tau: a text of skulls cannot be measured, and one of ☢ makes a timer throw.
const { segment } = Intl.Segmenter.prototype;
Intl.Segmenter.prototype.segment = function (text) {
  if (String(text).includes("☠☠")) throw new Error("skulls cannot be drawn");
  if (String(text).includes("☢☢"))
    setTimeout(() => {
      throw new Error("a timer failed");
    });
  return segment.call(this, text);
};
