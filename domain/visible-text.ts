/** Control characters, but for tab and newline, show as nothing or as boxes, and Postgres takes no NUL in text. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/**
 * Characters that show as nothing: they turn the direction of what follows, carry hidden text, or break up an address so
 * that it is not seen to be one. Selectors and joiners, without which some signs fall apart, are dealt with below.
 */
const INVISIBLE =
  /[[\p{Default_Ignorable_Code_Point}[\ufff9-\ufffb]]--[\u200c-\u200d]--[\ufe0e-\ufe0f]]/gv;

/** A variation selector that neither follows a pictograph nor makes a keycap. */
const STRAY_SELECTOR = /(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f](?!\u20e3)/gv;

/** Letters of scripts that are written with joiners, as Persian and Hindi are. */
const JOINED_LETTER = String.raw`[[\p{L}\p{M}]--[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]]`;

/** A joiner with nothing to join on either side: it is no part of a pictograph or of such a script. */
const STRAY_JOINER = new RegExp(
  String.raw`(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f${JOINED_LETTER}])[\u200c\u200d]|[\u200c\u200d](?![\p{Extended_Pictographic}${JOINED_LETTER}])`,
  'gv',
);

/** The text as the reader will see it, without what is there but shows as nothing. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(STRAY_SELECTOR, '')
    .replace(STRAY_JOINER, '')
    .trim();
}

/** What has no shape of its own: spaces of all kinds, fillers, and Braille's cell without a dot. */
const SHAPELESS = /[\s\p{Z}\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Whether a reader sees anything at all of the text. */
export function showsSomething(text: string): boolean {
  return text.normalize('NFKC').replace(SHAPELESS, '') !== '';
}
