/** Character references of HTML (WHATWG HTML 13.5): the numeric ones, and the named ones prose uses. */

const named: { readonly [name: string]: string } = Object.fromEntries(
  `amp & lt < gt > quot " apos ' nbsp \u00a0 copy © reg ® trade ™ hellip … mdash — ndash – lsquo ‘ rsquo ’ sbquo ‚ ldquo “
  rdquo ” bdquo „ laquo « raquo » lsaquo ‹ rsaquo › bull • middot · sect § para ¶ dagger † deg ° plusmn ± times × divide ÷
  minus − frac12 ½ frac14 ¼ frac34 ¾ sup1 ¹ sup2 ² sup3 ³ micro µ euro € pound £ yen ¥ cent ¢ iexcl ¡ iquest ¿ ordm º
  larr ← uarr ↑ rarr → darr ↓ harr ↔ rArr ⇒ lArr ⇐ hArr ⇔ infin ∞ ne ≠ le ≤ ge ≥ asymp ≈ equiv ≡ sum ∑ prod ∏ radic √
  part ∂ forall ∀ exist ∃ isin ∈ notin ∉ cap ∩ cup ∪ sub ⊂ sup ⊃ and ∧ or ∨ not ¬ alpha α beta β gamma γ delta δ epsilon ε
  theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ phi φ chi χ psi ψ omega ω Delta Δ Sigma Σ Omega Ω Pi Π check ✓ star ☆
  agrave à aacute á acirc â atilde ã auml ä aring å aelig æ ccedil ç egrave è eacute é ecirc ê euml ë igrave ì iacute í
  icirc î iuml ï ntilde ñ ograve ò oacute ó ocirc ô otilde õ ouml ö oslash ø oelig œ ugrave ù uacute ú ucirc û uuml ü
  yacute ý szlig ß Agrave À Aacute Á Acirc Â Auml Ä Aring Å AElig Æ Ccedil Ç Egrave È Eacute É Ecirc Ê Ntilde Ñ Oacute Ó
  Ouml Ö Oslash Ø Uacute Ú Uuml Ü scaron š zcaron ž lbrace { rbrace } lbrack [ rbrack ] lpar ( rpar ) num # colon : sol /
  lowbar _ ast * vert | bsol \\ grave \` excl ! comma , period . semi ; quest ? equals = plus + percnt % dollar $ commat @
  Tab \u0009 NewLine \u000a ensp \u2002 emsp \u2003 thinsp \u2009 shy \u00ad zwnj \u200c zwj \u200d`
    .trim()
    .split(/[ \n]+/)
    .flatMap((word, index, words) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""]] : [])),
);

/** References to C1 controls mean Windows-1252, as pages that use them mean it (WHATWG HTML 13.2.5.80). */
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Turns C1 controls into the Windows-1252 characters they stand for; Node's own decoder leaves them as they are. */
export function asWindows1252(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (char) => windows1252.charAt(char.charCodeAt(0) - 0x80));
}

function numeric(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return asWindows1252(String.fromCharCode(code));
  const invalid = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || Number.isNaN(code);
  return invalid ? "\ufffd" : String.fromCodePoint(code);
}

/** Replaces character references; unknown names stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,8})|#(\d{1,9})|([a-z][a-z0-9]{1,24}));?/gi,
    (whole, hex, decimal, name) => {
      if (hex !== undefined) return numeric(Number.parseInt(hex, 16));
      if (decimal !== undefined) return numeric(Number(decimal));
      const known = Object.hasOwn(named, name) ? named[name] : undefined;
      // Without its semicolon a name is a reference only if it is one of the old ones; `&copy=1` in a URL is not.
      return known !== undefined && (whole.endsWith(";") || /^(amp|lt|gt|quot|nbsp)$/.test(name))
        ? known
        : whole;
    },
  );
}
